"""What `len(x)`, `key in x` and `if x` ask of an object, its class says itself."""
import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
scale = httpx.AsyncClient(base_url="https://scale.example")


class Hold:
    def __init__(self) -> None:
        self._crates: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._crates)

    def __contains__(self, crate: str) -> bool:
        return crate in self._crates

    async def weigh(self, crate: str) -> float:
        return (await scale.get(f"/{crate}")).json()["kg"]


class Full(Hold):
    async def load(self, crate: str) -> None:
        if len(self) >= 20:  # want MB401 "_crates"
            raise HTTPException(409)
        kg = await self.weigh(crate)
        self._crates[crate] = kg


class Once(Hold):
    async def load(self, crate: str) -> None:
        if crate in self:  # want MB401 "_crates"
            raise HTTPException(409)
        kg = await self.weigh(crate)
        self._crates[crate] = kg


class Reserved(Hold):
    async def load(self, crate: str) -> None:
        if len(self) >= 20 or crate in self:
            raise HTTPException(409)
        self._crates[crate] = 0.0
        self._crates[crate] = await self.weigh(crate)


full, once, reserved = Full(), Once(), Reserved()


@app.post("/a/crates/{crate}")
async def load_what_fits(crate: str):
    await full.load(crate)


@app.post("/b/crates/{crate}")
async def load_once(crate: str):
    await once.load(crate)


@app.post("/c/crates/{crate}")
async def reserve_ok(crate: str):
    await reserved.load(crate)
