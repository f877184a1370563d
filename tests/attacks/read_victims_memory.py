"""Copy the memory of another process with process_vm_readv."""

from tests.attacks.attack import Attack

ATTACK = Attack(
    tries="copies the stack of a process of the same user, where its environment lies",
    must="the call is refused and the process not seen; the attempt is told",
    then=(
        r"""
import ctypes, re
libc = ctypes.CDLL(None, use_errno=True)
read = libc.process_vm_readv
class Piece(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("size", ctypes.c_size_t)]
maps = open("/proc/$VICTIM/maps").read()
low, high = (int(end, 16) for end in re.search(r"(\w+)-(\w+) .*\[stack\]", maps).groups())
buffer = ctypes.create_string_buffer(high - low)
mine, theirs = Piece(ctypes.addressof(buffer), high - low), Piece(low, high - low)
read($VICTIM, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
print(re.findall(rb"GRADER_SECRET=[ -~]*", buffer.raw))
""",
    ),
    named="call process_vm_readv",
)
