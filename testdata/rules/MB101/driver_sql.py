"""SQL that a connection of SQLAlchemy hands to the driver as it stands."""
from fastapi import FastAPI, HTTPException
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///cellar.db")
app = FastAPI()

TABLES = "CREATE TABLE casks (id TEXT PRIMARY KEY, litres INTEGER NOT NULL, taps INTEGER NOT NULL)"


@app.post("/casks/{cask_id}/draw")
async def draw(cask_id: str, litres: int):
    async with engine.connect() as conn:
        result = await conn.exec_driver_sql("SELECT litres FROM casks WHERE id = ?", (cask_id,))
        row = result.fetchone()
        if row is None or row[0] < litres:
            raise HTTPException(409)
        await conn.exec_driver_sql("UPDATE casks SET litres = ? WHERE id = ?", (row[0] - litres, cask_id))  # want MB101 "casks.litres"
        await conn.commit()


@app.post("/casks/{cask_id}/tap")
async def tap(cask_id: str):
    async with engine.begin() as conn:
        await conn.exec_driver_sql("UPDATE casks SET taps = taps + 1 WHERE id = ?", (cask_id,))


class Hand:
    """Takes lists where the driver wants tuples."""

    def __init__(self, conn):
        self._conn = conn

    async def execute(self, sql, params=None):
        if params is None:
            return await self._conn.exec_driver_sql(sql)
        if isinstance(params, list):
            params = tuple(params)
        return await self._conn.exec_driver_sql(sql, params)


@app.post("/casks/{cask_id}/fill")
async def fill(cask_id: str, litres: int):
    async with engine.begin() as conn:
        hand = Hand(conn)
        row = (await hand.execute("SELECT litres FROM casks WHERE id = ?", (cask_id,))).fetchone()
        if row is None:
            raise HTTPException(404)
        await hand.execute("UPDATE casks SET litres = ? WHERE id = ?", (row[0] + litres, cask_id))  # want MB101 "casks.litres"
