import asyncio
import os
from pathlib import Path

from ..config import settings


class AvatarTaken(Exception):
    """The user already has an avatar."""


class NotAnImage(Exception):
    """The upload does not begin like a PNG."""


def clean(data: bytes) -> bytes:
    """Cuts whatever follows the image; slow for large files, so it runs in a thread."""
    if not data.startswith(b"\x89PNG"):
        raise NotAnImage
    end = data.find(b"IEND")
    return data if end < 0 else data[: end + 8]


class AvatarStore:
    """One file per user in a directory that other programs of the shop write too."""

    def __init__(self, root: Path = settings.media_root / "avatars") -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def path(self, user_id: int) -> Path:
        return self.root / f"{user_id}.png"

    async def upload(self, user_id: int, data: bytes) -> None:
        """Two uploads at once both find no file; a link put there in between is followed."""
        target = self.path(user_id)
        if target.exists():  # step MB201 check
            raise AvatarTaken
        image = await asyncio.to_thread(clean, data)
        with open(target, "wb") as out:  # want MB201 "target|avatar|png"
            out.write(image)

    async def upload_exclusive(self, user_id: int, data: bytes) -> None:
        """Creating the file is the check: the kernel refuses a file or a link that is there."""
        image = await asyncio.to_thread(clean, data)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            fd = os.open(self.path(user_id), flags, 0o644)
        except FileExistsError:
            raise AvatarTaken from None
        with os.fdopen(fd, "wb") as out:
            out.write(image)

    def read(self, user_id: int) -> bytes | None:
        try:
            return self.path(user_id).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, user_id: int) -> None:
        self.path(user_id).unlink(missing_ok=True)


store = AvatarStore()
