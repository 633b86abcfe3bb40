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
