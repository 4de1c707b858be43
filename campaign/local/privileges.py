"""How PostgreSQL, which refuses to run as root, runs when we are root.

First choice: a user namespace in which root is called 1000. Outside it stays root, so the files
belong to root and no other account is needed. Containers often forbid it, and it cannot enter
another user's private folder. Second choice: the account that owns the data, or else `nobody`,
which keeps the one capability it takes to reach a data folder inside a root-only home.
"""

import os
import pwd
import subprocess
from pathlib import Path

from campaign.local.errors import ServerError

# Both changes of identity clear the death signal that the guard set, so it is set again last.
DIE_WITH_PARENT = ["--pdeathsig", "KILL"]
NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "setpriv"]


def as_ordinary_user(folder: Path, program: Path) -> list[str]:
    """What to put in front of a command that must not run as root: nothing when we are not.

    `folder` is the data folder the command must own and write to; it is given to `nobody` when
    there is no other way. `program` is tried. Raises ServerError when no way works.
    """
    if os.geteuid() != 0:
        return []
    owner = folder.stat().st_uid
    if owner == 0:
        namespace = [*NAMESPACE, *DIE_WITH_PARENT]
        if works(namespace, folder, program):
            return namespace
        owner = pwd.getpwnam("nobody").pw_uid
    account = drop_to(owner)
    if not works(account, folder, program):
        raise ServerError(
            "PostgreSQL does not run as root, and neither a user namespace (unshare) nor another "
            "account (setpriv) is permitted here. Run this as an ordinary user, or set "
            "DATABASE_URL."
        )
    give(folder, owner)
    return account


def drop_to(uid: int) -> list[str]:
    """Run as that user with its own group, able to reach any file but with no other power."""
    try:
        gid = pwd.getpwuid(uid).pw_gid
    except KeyError:  # A container's volume may belong to a user without an entry.
        gid = uid
    identity = [f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    # The secure bit is for access(2), which otherwise overlooks what a non-root may reach.
    reach = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return ["setpriv", *identity, *reach, "--securebits=+no_setuid_fixup", *DIE_WITH_PARENT]


def works(prefix: list[str], folder: Path, program: Path) -> bool:
    """Can the program run this way, and write in the folder?"""
    for command in ([str(program), "--version"], ["test", "-w", str(folder)]):
        try:
            done = subprocess.run([*prefix, *command], capture_output=True, timeout=30)
        except FileNotFoundError:
            return False
        if done.returncode:
            return False
    return True


def give(folder: Path, uid: int) -> None:
    """Make the user the owner of the folder and all that is in it."""
    if folder.stat().st_uid == uid:
        return
    for path, _, files in os.walk(folder):
        for name in (path, *(os.path.join(path, file) for file in files)):
            os.chown(name, uid, -1, follow_symlinks=False)
