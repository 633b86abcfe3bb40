"""A quota in a service, under a lock of the process, with three workers."""
import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()


class Quota:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used: dict[str, int] = {}
        self.lock = asyncio.Lock()

    async def take(self, key: str) -> None:
        async with self.lock:
            used = self.used.get(key, 0)
            if used >= self.limit:  # step MB405 check
                raise HTTPException(429)
            self.used[key] = used + 1  # want MB405 "used"


quota = Quota(20)


async def metered(x_key: Annotated[str, Header()]) -> None:
    await quota.take(x_key)


@app.get("/search", dependencies=[Depends(metered)])
async def search(q: str):
    return {"q": q}
