"""Records of the project's own making: classes that load and store themselves with SQL that they put together."""
import asyncpg
from fastapi import FastAPI, HTTPException

app = FastAPI()
pool: asyncpg.Pool | None = None


@app.on_event("startup")
async def connect() -> None:
    global pool
    pool = await asyncpg.create_pool("postgresql://localhost/depot")


class Finder:
    def __init__(self, model: type) -> None:
        self.model = model

    async def get(self, key: int):
        row = await pool.fetchrow(f"SELECT * FROM {self.model.table} WHERE id = $1", key)
        if row is None:
            raise HTTPException(404)
        return self.model(**row)


class Record:
    table = ""
    fields = ()
    rows: Finder

    def __init_subclass__(cls) -> None:
        cls.rows = Finder(cls)

    def __init__(self, **values) -> None:
        self.id = values.get("id")
        for name in self.fields:
            setattr(self, name, values.get(name))

    async def store(self) -> None:
        assignments = ", ".join([f"{name} = {getattr(self, name)}" for name in self.fields])
        await pool.execute(f"UPDATE {self.table} SET {assignments} WHERE id = {self.id}")  # want MB107 "state"


class Crate(Record):
    table = "crates"
    fields = ("state", "place")


@app.post("/crates/{crate_id}/seal")
async def seal(crate_id: int):
    crate = await Crate.rows.get(crate_id)
    if crate.state != "open":  # step MB107 check
        raise HTTPException(409)
    crate.state = "sealed"
    await crate.store()


@app.post("/v2/crates/{crate_id}/seal")
async def seal_guarded(crate_id: int):
    found = await pool.fetchval("UPDATE crates SET state = 'sealed' WHERE id = $1 AND state = 'open' RETURNING id", crate_id)
    if found is None:
        raise HTTPException(409)
