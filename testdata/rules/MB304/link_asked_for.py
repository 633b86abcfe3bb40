"""A row that links somebody and what he was let into is permission to go in, whatever its table is called."""
import asyncpg
from fastapi import FastAPI, WebSocket, WebSocketException
from motor.motor_asyncio import AsyncIOMotorClient

app = FastAPI()
duties = AsyncIOMotorClient("mongodb://localhost")["yard"]["duties"]
moves = AsyncIOMotorClient("mongodb://localhost")["yard"]["moves"]


@app.websocket("/wards/{ward_id}")
async def write_orders(ws: WebSocket, ward_id: int, nurse_id: int):
    pool: asyncpg.Pool = ws.app.state.pool
    if not await pool.fetchval("SELECT 1 FROM assignments WHERE ward_id = $1 AND nurse_id = $2", ward_id, nurse_id):  # want MB304 "assignments"
        raise WebSocketException(1008)
    await ws.accept()
    async for text in ws.iter_text():
        await pool.execute("INSERT INTO orders (ward_id, nurse_id, text) VALUES ($1, $2, $3)", ward_id, nurse_id, text)


@app.websocket("/halls/{ward_id}")
async def write_again_asked_ok(ws: WebSocket, ward_id: int, nurse_id: int):
    pool: asyncpg.Pool = ws.app.state.pool
    if not await pool.fetchval("SELECT 1 FROM assignments WHERE ward_id = $1 AND nurse_id = $2", ward_id, nurse_id):
        raise WebSocketException(1008)
    await ws.accept()
    async for text in ws.iter_text():
        await pool.execute(
            "INSERT INTO orders (ward_id, nurse_id, text) SELECT ward_id, nurse_id, $3 FROM assignments WHERE ward_id = $1 AND nurse_id = $2",
            ward_id, nurse_id, text,
        )


@app.delete("/wards/{ward_id}/nurses/{nurse_id}")
async def unassign(ward_id: int, nurse_id: int):
    pool: asyncpg.Pool = app.state.pool
    await pool.execute("DELETE FROM assignments WHERE ward_id = $1 AND nurse_id = $2", ward_id, nurse_id)


@app.websocket("/cranes/{crane_id}")
async def steer(ws: WebSocket, crane_id: str, driver_id: str):
    if await duties.find_one({"crane_id": crane_id, "driver_id": driver_id}) is None:  # want MB304 "duties"
        await ws.close(1008)
        return
    await ws.accept()
    while True:
        await moves.insert_one({"crane": crane_id, "to": await ws.receive_text()})


@app.delete("/cranes/{crane_id}/drivers/{driver_id}")
async def relieve(crane_id: str, driver_id: str):
    await duties.delete_one({"crane_id": crane_id, "driver_id": driver_id})


@app.websocket("/tables/{table_id}")
async def play(ws: WebSocket, table_id: int, player_id: int):
    pool: asyncpg.Pool = ws.app.state.pool
    seated = await pool.fetchval("SELECT EXISTS (SELECT 1 FROM seats WHERE table_id = $1 AND player_id = $2)", table_id, player_id)
    if not seated:  # want MB304 "seats"
        raise WebSocketException(1008)
    await ws.accept()
    while True:
        await pool.execute("INSERT INTO moves (table_id, text) VALUES ($1, $2)", table_id, await ws.receive_text())


@app.delete("/tables/{table_id}/players/{player_id}")
async def stand_up(table_id: int, player_id: int):
    pool: asyncpg.Pool = app.state.pool
    await pool.execute("DELETE FROM seats WHERE table_id = $1 AND player_id = $2", table_id, player_id)


@app.websocket("/doors/{door}")
async def open_doors(ws: WebSocket, door: str, token: str):
    pool: asyncpg.Pool = ws.app.state.pool
    if not await pool.fetchval("SELECT 1 FROM passes WHERE door = $1 AND token = $2", door, token):  # want MB304 "passes"
        raise WebSocketException(1008)
    await ws.accept()
    async for text in ws.iter_text():
        await pool.execute("INSERT INTO openings (door, text) VALUES ($1, $2)", door, text)


@app.delete("/doors/{door}/passes/{token}")
async def withdraw(door: str, token: str):
    pool: asyncpg.Pool = app.state.pool
    await pool.execute("DELETE FROM passes WHERE door = $1 AND token = $2", door, token)


# A place on a map is nobody who was let in.
@app.websocket("/maps/{sheet}")
async def draw(ws: WebSocket, sheet: str, square: str):
    pool: asyncpg.Pool = ws.app.state.pool
    if not await pool.fetchval("SELECT 1 FROM squares WHERE sheet = $1 AND square = $2", sheet, square):
        raise WebSocketException(1008)
    await ws.accept()
    async for text in ws.iter_text():
        await pool.execute("INSERT INTO strokes (sheet, text) VALUES ($1, $2)", sheet, text)


@app.delete("/maps/{sheet}/squares/{square}")
async def cut(sheet: str, square: str):
    pool: asyncpg.Pool = app.state.pool
    await pool.execute("DELETE FROM squares WHERE sheet = $1 AND square = $2", sheet, square)
