"""An IPython shell without a kernel: runs cells as Jupyter does and keeps what they show."""

import asyncio
import builtins
import getpass
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from IPython.core.compilerop import CachingCompiler
from IPython.core.display_trap import DisplayTrap
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from grader.wire import messages
from grader.worker.outputs import Capture, Collected, Stream, text_only

collected = Collected()


class StdinNotImplementedError(RuntimeError):
    """As IPython's, but no `NotImplementedError`: that stands for an exercise left blank."""


class CellTimeout(BaseException):
    """Raised inside a cell that has run out of time; not an Exception, so `except` passes it on."""


class Publisher(DisplayPublisher):
    """Takes what `display()` and figures publish."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.displays: dict[str, messages.Display] = {}

    def publish(self, data: Any, metadata: Any = None, **extra: Any) -> None:
        """Collect a display, or rewrite an earlier one of the same cell."""
        key = str((extra.get("transient") or {}).get("display_id"))
        if extra.get("update"):
            if key in self.displays:
                self.displays[key].data.update(text_only(data))
            return
        shown = collected.show(data)
        if shown is not None:
            self.displays[key] = shown

    def clear_output(self, wait: bool = False) -> None:
        """Drop the cell's output, as `IPython.display.clear_output` asks."""
        collected.clear(wait)


class ResultHook(DisplayHook):
    """Takes the value of a cell's last line."""

    def start_displayhook(self) -> None:
        """Print no prompt."""

    def write_output_prompt(self) -> None:
        """Print no prompt."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Collect the value in every format it offers."""
        collected.show(format_dict, is_result=True)

    def finish_displayhook(self) -> None:
        """Print no newline."""


class Compiler(CachingCompiler):
    """Names the code of a cell after its number, so that tracebacks say where they come from."""

    number = 0

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Return `<cell 5>`."""
        return f"<cell {self.number}>"


class Shell(InteractiveShell):
    """IPython's shell with its terminal taken away."""

    # The default runs `!command` under a pty, which a minimal /dev does not have.
    system = InteractiveShell.system_raw
    compiler_class = Type(Compiler)

    def init_display_pub(self) -> None:
        """Use our publisher."""
        self.display_pub = Publisher(parent=self, shell=self)

    def init_displayhook(self) -> None:
        """Use our result hook."""
        self.displayhook = ResultHook(parent=self, shell=self)
        self.configurables.append(self.displayhook)
        self.display_trap = DisplayTrap(hook=self.displayhook)

    def enable_gui(self, gui: Any = None) -> None:
        """Have no event loop of a window system."""

    def ask_exit(self) -> None:
        """Ignore `exit()` in a cell: the cells after it still count."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        lines = stb.splitlines() if isinstance(stb, str) else list(stb)
        collected.fail(getattr(etype, "__name__", str(etype)), text_of(evalue), lines)


def text_of(error: object) -> str:
    """Return `str(error)`, or a stand-in where the object's own method fails."""
    try:
        return str(error)
    except BaseException:
        # A student's class decides what str() does, including raising SystemExit.
        return "<an error that cannot be printed>"


def make_shell() -> Shell:
    """Return the one shell of this process, ready to be forked with."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autocall = 0
    config.InteractiveShell.cache_size = 100
    shell: Shell = Shell.instance(config=config)
    builtins.input = getpass.getpass = _no_input
    return shell


class CellRunner:
    """Runs the cells of one notebook in order, each within its own time."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.capture = Capture()
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        sys.stdout, sys.stderr = Stream("stdout", 1, collected), Stream("stderr", 2, collected)

    def run(self, cell: messages.RunCell) -> messages.CellDone:
        """Run a cell and return what it showed and whether it finished."""
        self.shell.execution_count = cell.number
        self.shell.compile.number = cell.number
        collected.reset()
        note = ""
        try:
            with alarm(cell.seconds):
                result = self.loop.run_until_complete(self._run(cell.source))
            ok, error = result.success, result.error_in_exec
        except CellTimeout as late:
            ok, error = False, late
        if isinstance(error, CellTimeout):
            note = f"The cell ran longer than {cell.seconds:g} s and was stopped."
        self.capture.drain(collected)
        return messages.CellDone(cell.id, bool(ok), collected.take(), note)

    async def _run(self, source: str) -> Any:
        # As in ipykernel, cells run inside a running loop: `await` works, asyncio.run() does not,
        # and background tasks go on between cells.
        shell, broken = self.shell, None
        try:
            code = shell.transform_cell(source)
        except Exception:
            code, broken = source, sys.exc_info()
        options = {"transformed_cell": code, "preprocessing_exc_tuple": broken}
        if shell.should_run_async(source, **options):
            result = await shell.run_cell_async(source, store_history=True, **options)
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        else:
            result = shell.run_cell(source, store_history=True)
        await asyncio.sleep(0)
        return result


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise `CellTimeout` in the running code after `seconds`, and again if it is swallowed.

    A courtesy that keeps the notebook's state; what ignores it is killed from outside.
    """

    def ring(signum: int, frame: FrameType | None) -> NoReturn:
        raise CellTimeout(f"ran longer than {seconds:g} s")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.25)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _no_input(*_: object, **__: object) -> NoReturn:
    raise StdinNotImplementedError("input() has nobody to ask while a notebook is graded")
