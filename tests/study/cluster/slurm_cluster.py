"""A real Slurm of one node, in a folder of its own, without systemd."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

CONFIGURATION = """
ClusterName=local
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/run/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.log
SlurmctldPort={port}
SlurmdPort={second_port}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=1,defer
MpiDefault=none
ReturnToService=2
KillWait=2
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=2000 State=UNKNOWN
PartitionName=debug Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class SlurmCluster:
    """Controller, node and authentication; all stopped at the end."""

    def __init__(self, folder):
        # The socket's path must be short, and munge wants parents of one owner.
        self._folder = Path("/root" if os.access("/root", os.W_OK) else folder)
        self._folder = self._folder / f".gfsearch-test-slurm-{os.getpid()}"
        self.environment = {
            **os.environ,
            "SLURM_CONF": str(self._folder / "slurm.conf"),
        }

    def __enter__(self):
        for program in ("munged", "slurmctld", "slurmd", "sbatch"):
            if shutil.which(program) is None:
                pytest.fail(f"{program} is missing: install slurmctld slurmd munge")
        if os.geteuid() != 0:
            pytest.skip("Slurm's daemons need root")
        for name in ("run", "state", "spool", "log"):
            (self._folder / name).mkdir(parents=True)
        port, second_port = free_ports(2)
        (self._folder / "slurm.conf").write_text(
            CONFIGURATION.format(
                folder=self._folder,
                host=socket.gethostname().partition(".")[0],
                port=port,
                second_port=second_port,
            )
        )
        self._start_munge()
        configuration = self.environment["SLURM_CONF"]
        self._call("slurmctld", "-f", configuration, "-c")
        host = socket.gethostname().partition(".")[0]
        self._call("slurmd", "-f", configuration, "-N", host)
        self.wait(lambda: "idle" in self._call("sinfo", "-h", "-o", "%T"))
        return self

    def __exit__(self, *error):
        subprocess.run(
            ["scontrol", "shutdown"], env=self.environment, capture_output=True
        )
        time.sleep(1)
        for path in (self._folder / "run").glob("*.pid"):
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(path.read_text()), signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start_munge(self):
        key = self._folder / "run" / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self._call(
            *("munged", "--force", f"--key-file={key}"),
            f"--socket={self._folder}/run/munge.socket",
            f"--pid-file={self._folder}/run/munge.pid",
            f"--log-file={self._folder}/log/munge.log",
            f"--seed-file={self._folder}/run/munge.seed",
        )

    def _call(self, *command):
        # Daemons keep what they inherit: no pipes that somebody waits for.
        with (self._folder / "log" / "calls").open("w+") as log:
            subprocess.run(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=60,
                check=command[0] != "sinfo",
            )
            log.seek(0)
            return log.read()

    def call(self, *command):
        """The output of one of Slurm's commands."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def wait(self, condition, seconds=120):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self._logs()
            time.sleep(0.1)

    def wait_for_jobs(self):
        """Wait until no job is queued or running."""
        self.wait(lambda: self.call("squeue", "-h") == "")

    def _logs(self):
        logs = (self._folder / "log").glob("*.log")
        return "\n".join(path.read_text()[-2000:] for path in logs)


def free_ports(number):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports
