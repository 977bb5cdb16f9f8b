"""Job arrays on a real Slurm: the same records, whatever fails."""

import re
import subprocess

from gfsearch.study.records import read_records
from tests.study.execution.studies import ROOT, command, contents, wait_for_records


def write(slurm, suite, out, *options):
    """`gfsearch cluster slurm` with four parts; returns what it told."""
    written = command(suite, out, "--shards", "4", *options, name="cluster")
    written.insert(4, "slurm")
    done = subprocess.run(
        written,
        env={**slurm.environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_array_of_four_makes_the_same_and_reports(serial, suite, tmp_path, slurm):
    out = tmp_path / "out"
    told = write(slurm, suite, out, "--time", "10", "--throttle", "2", "--submit")
    assert re.search(r"job \d+, 4 parts of 60 runs", told)
    slurm.wait_for_jobs()
    assert contents(out) == serial
    assert len(list((out / "records").iterdir())) == 4
    assert (out / "report" / "index.html").exists()
    assert (out / "report" / "summary.csv").exists()


def test_part_of_an_array_is_submitted_again(serial, suite, tmp_path, slurm):
    """Two of four parts are cancelled; the whole array, and one part, follow."""
    out = tmp_path / "out"
    write(slurm, suite, out)
    array = str(out / "cluster" / "array.sh")
    job = slurm.call("sbatch", "--parsable", array).strip()
    wait_for_records(None, out, 4)
    slurm.call("scancel", f"{job}_2", f"{job}_4")
    slurm.wait_for_jobs()
    assert len(read_records(out / "records").by_key) < len(serial)
    slurm.call("sbatch", "--array=2", array)
    slurm.wait_for_jobs()
    assert len(read_records(out / "records").by_key) < len(serial)
    slurm.call("sbatch", array)
    slurm.wait_for_jobs()
    assert contents(out) == serial


def test_runs_go_on_where_the_time_of_their_job_ended(long_suite, tmp_path, slurm):
    """The signal that Slurm sends before the end, then the array again."""
    out = tmp_path / "out"
    write(slurm, long_suite, out, "--runs", "2")
    array = str(out / "cluster" / "array.sh")
    job = slurm.call("sbatch", "--parsable", array).strip()
    slurm.wait(lambda: len(list((out / "inflight").glob("*"))) == 2)
    running = slurm.call("squeue", "-h", "-t", "R", "-o", "%A", "-j", job).split()
    # It complains, without a word, and does it.
    subprocess.run(
        ["scancel", "--signal=TERM", "--batch", *running], env=slurm.environment
    )
    slurm.wait(lambda: len(list((out / "checkpoints").glob("*"))) >= 2)
    slurm.wait_for_jobs()
    slurm.call("sbatch", array)
    slurm.wait_for_jobs()
    subprocess.run(
        command(long_suite, tmp_path / "whole", "--runs", "2"), cwd=ROOT, check=True
    )
    assert contents(out) == contents(tmp_path / "whole")
    attempts = [r.meta.attempts for r in read_records(out / "records").by_key.values()]
    assert max(attempts) == 2
    assert list((out / "checkpoints").iterdir()) == []


def test_the_plan_of_an_array_is_its_own(serial, suite, tmp_path, slurm):
    """A suite that is changed, and a study that is reported on, change no part."""
    out = tmp_path / "out"
    copy = tmp_path / "steady.toml"
    copy.write_text(suite.read_text())
    write(slurm, copy, out)
    copy.write_text(suite.read_text().replace("runs = 30", "runs = 1"))
    slurm.call("sbatch", str(out / "cluster" / "array.sh"))
    slurm.wait_for_jobs()
    assert contents(out) == serial
