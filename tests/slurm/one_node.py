"""A real Slurm of one node, started by hand as root: Debian's packages, no systemd, no accounts."""

import contextlib
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue")
CONFIGURATION = """
ClusterName=proof
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=46817
SlurmdPort=46818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> list[str]:
    """Return the programs that are not installed."""
    found = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [name for name in NEEDED if shutil.which(name, path=found) is None]


@contextlib.contextmanager
def one_node(folder: Path) -> Iterator[str]:
    """Run Slurm out of `folder` and yield the path of its configuration, for SLURM_CONF."""
    host = subprocess.run(["hostname", "-s"], capture_output=True, text=True, check=True)
    for part in ("state", "spool"):
        (folder / part).mkdir()
    key, conf = folder / "munge.key", folder / "slurm.conf"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    values = {"host": host.stdout.strip(), "folder": folder, "cpus": os.cpu_count()}
    conf.write_text(CONFIGURATION.format(**values))
    socket = f"--socket={folder}/munge.socket"
    files = [f"--{name}-file={folder}/munge.{name}" for name in ("key", "pid", "log", "seed")]
    daemons = [
        ["munged", "--foreground", "--force", socket, *files],
        ["slurmctld", "-D", "-f", str(conf)],
        ["slurmd", "-D", "-f", str(conf)],
    ]
    env = dict(os.environ, SLURM_CONF=str(conf), PATH=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    with contextlib.ExitStack() as stack:
        for command in daemons:
            process = stack.enter_context(
                subprocess.Popen(
                    command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
            stack.callback(process.terminate)
            time.sleep(1)
        until_idle(env)
        yield str(conf)


def until_idle(env: dict[str, str]) -> None:
    """Wait until the node takes jobs."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        asked = subprocess.run(
            ["sinfo", "--noheader", "--format=%T"], env=env, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if asked.stdout.strip() == "idle":
            return
        time.sleep(0.2)
    raise RuntimeError(f"Slurm did not come up: {asked.stdout} {asked.stderr}")
