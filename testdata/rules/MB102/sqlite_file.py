"""sqlite3 and aiosqlite: the driver opens no transaction for a SELECT."""
import sqlite3

import aiosqlite
from fastapi import Depends, FastAPI, HTTPException

PATH = "kiosk.db"
app = FastAPI()


def connection():
    conn = sqlite3.connect(PATH)
    try:
        yield conn
    finally:
        conn.close()


@app.post("/snacks/{snack_id}/buy")
def buy(snack_id: int, conn: sqlite3.Connection = Depends(connection)):
    (left,) = conn.execute("SELECT left FROM snacks WHERE id = ?", (snack_id,)).fetchone()
    if left < 1:  # step MB102 check
        raise HTTPException(409)
    conn.execute("UPDATE snacks SET left = left - 1 WHERE id = ?", (snack_id,))  # want MB102 "left"
    conn.commit()


@app.post("/v2/snacks/{snack_id}/buy")
def buy_guarded(snack_id: int, conn: sqlite3.Connection = Depends(connection)):
    bought = conn.execute("UPDATE snacks SET left = left - 1 WHERE id = ? AND left > 0", (snack_id,))
    if bought.rowcount == 0:
        raise HTTPException(409)
    conn.commit()


@app.post("/v3/snacks/{snack_id}/buy")
async def buy_async(snack_id: int):
    async with aiosqlite.connect(PATH) as db:
        async with db.execute("SELECT left FROM snacks WHERE id = ?", (snack_id,)) as cursor:
            row = await cursor.fetchone()
        if row is None or row[0] < 1:  # step MB102 check
            raise HTTPException(409)
        await db.execute("UPDATE snacks SET left = left - 1 WHERE id = ?", (snack_id,))  # want MB102 "left"
        await db.commit()


@app.post("/v4/snacks/{snack_id}/buy")
async def buy_immediate(snack_id: int):
    async with aiosqlite.connect(PATH, isolation_level=None) as db:
        await db.execute("BEGIN IMMEDIATE")
        async with db.execute("SELECT left FROM snacks WHERE id = ?", (snack_id,)) as cursor:
            row = await cursor.fetchone()
        if row is None or row[0] < 1:
            await db.execute("ROLLBACK")
            raise HTTPException(409)
        await db.execute("UPDATE snacks SET left = left - 1 WHERE id = ?", (snack_id,))
        await db.execute("COMMIT")
