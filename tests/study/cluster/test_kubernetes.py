"""The files for Kubernetes: held against its schemas, and their commands run here.

There is no Kubernetes here: each container's command is a process of this machine, with
the paths and the address that the pods would see replaced by ours.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.study.cluster.slurm_cluster import free_ports
from tests.study.execution.studies import ROOT, contents

DOCUMENTS = ROOT / "docs" / "kubernetes.yaml"
(CERTIFICATE,) = re.findall(
    r"```sh\n(.*?)```", (ROOT / "docs" / "cluster.md").read_text(), flags=re.S
)


def documents():
    import yaml  # Dask needs it.

    return list(yaml.safe_load_all(DOCUMENTS.read_text()))


def pods():
    """The pods that the file asks for, by the name of their container."""
    found = [d["spec"]["template"]["spec"] for d in documents() if "template" in str(d)]
    return {pod["containers"][0]["name"]: pod for pod in found}


@pytest.mark.parametrize("version", ["1.28", "1.32", "1.36"])
def test_the_file_is_valid(version):
    import kubernetes_validate

    kinds = [document["kind"] for document in documents()]
    assert sorted(kinds) == [
        *("Deployment", "Deployment", "Job", "PersistentVolumeClaim", "Service")
    ]
    for document in documents():
        kubernetes_validate.validate(document, version, strict=True)


def test_what_is_mounted_and_named_is_there():
    """And what the steps in docs/cluster.md make is what the file asks for."""
    told = (ROOT / "docs" / "cluster.md").read_text()
    for document in documents():
        selector = document["spec"].get("selector", {})
        labels = selector.get("matchLabels", selector)
        if document["kind"] == "Deployment":
            assert labels.items() <= (
                document["spec"]["template"]["metadata"]["labels"].items()
            )
        volume = document["kind"] == "PersistentVolumeClaim"
        part = document["metadata"].get("labels", {})
        assert ("app.kubernetes.io/part-of" in part) != volume
    for pod in pods().values():
        (container,) = pod["containers"]
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
        assert container["image"] in told
        assert pod["securityContext"]["runAsNonRoot"]
    for name in ("gfsearch-certificates", "gfsearch-suite"):
        assert f" {name} " in told
        assert name in DOCUMENTS.read_text()


def test_its_commands_make_the_study(serial, suite, tmp_path):
    (port,) = free_ports(1)
    for name in ("certificates", "studies", "suite", "tmp"):
        (tmp_path / name).mkdir(mode=0o700)
    subprocess.run(
        ["bash", "-ec", CERTIFICATE],
        cwd=tmp_path / "certificates",
        check=True,
        capture_output=True,
    )
    (tmp_path / "suite" / "mine.toml").write_text(suite.read_text())

    def inside(text):
        """What a pod sees, as it is on this machine."""
        folders = r"(?<![\w/])/(certificates|studies|suite|tmp)\b"
        text = re.sub(folders, rf"{tmp_path}/\1", text)
        text = text.replace("gfsearch-scheduler:8786", f"127.0.0.1:{port}")
        return text.replace("--port=8786", f"--port={port}")

    def start(name, *further):
        (container,) = pods()[name]["containers"]
        program, *words = map(inside, container["command"])
        return subprocess.Popen(
            [Path(sys.executable).with_name(program), *words, *further],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                **{v["name"]: inside(v["value"]) for v in container["env"]},
            },
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    processes = [start("scheduler", "--host=127.0.0.1")]
    try:
        processes += [start("worker") for _ in range(2)]
        job = start("compare", "--allow-imports")
        told, _ = job.communicate(timeout=240)
        assert job.returncode == 0, told
        assert contents(tmp_path / "studies" / "mine") == serial
        assert (tmp_path / "studies" / "mine" / "report" / "index.html").exists()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=60)
