"""Rows that wait are read, and each is marked by its key after something was sent for it: that it was among them is the decision."""
import asyncpg
import httpx
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.models import Model

app = FastAPI()
sms = httpx.AsyncClient(base_url="https://sms.example")


@app.post("/reminders/send")
async def send_due():
    db: asyncpg.Pool = app.state.pool
    due = await db.fetch("SELECT id, phone FROM reminders WHERE status = 'waiting' AND due <= now()")  # want MB114 "reminders"
    for r in due:
        await sms.post("/messages", json={"to": r["phone"]})
        await db.execute("UPDATE reminders SET status = 'sent' WHERE id = $1", r["id"])


@app.post("/reminders/{rid}/cancel", status_code=204)
async def cancel(rid: int):
    db: asyncpg.Pool = app.state.pool
    done = await db.execute("UPDATE reminders SET status = 'cancelled' WHERE id = $1 AND status = 'waiting'", rid)
    if done == "UPDATE 0":
        raise HTTPException(409)


@app.post("/notices/send")
async def send_locked_ok():
    db: asyncpg.Pool = app.state.pool
    async with db.acquire() as conn, conn.transaction():
        due = await conn.fetch("SELECT id, phone FROM notices WHERE status = 'waiting' FOR UPDATE SKIP LOCKED")
        for r in due:
            await sms.post("/messages", json={"to": r["phone"]})
            await conn.execute("UPDATE notices SET status = 'sent' WHERE id = $1", r["id"])


@app.post("/letters/send")
async def send_claimed_ok():
    db: asyncpg.Pool = app.state.pool
    for r in await db.fetch("SELECT id, phone FROM letters WHERE status = 'waiting'"):
        mine = await db.fetchval("UPDATE letters SET status = 'sent' WHERE id = $1 AND status = 'waiting' RETURNING id", r["id"])
        if mine is not None:
            await sms.post("/messages", json={"to": r["phone"]})


@app.post("/lists/refresh")
async def only_marked_ok():
    db: asyncpg.Pool = app.state.pool
    for r in await db.fetch("SELECT id FROM lists WHERE status = 'new'"):
        await db.execute("UPDATE lists SET status = 'seen' WHERE id = $1", r["id"])  # seen twice is seen


@app.post("/outbox/flush")
async def flush():
    db: asyncpg.Pool = app.state.pool
    for r in await db.fetch("SELECT id, url FROM outbox WHERE sent_at IS NULL"):  # want MB114 "outbox"
        await sms.post(r["url"], json={})
        await db.execute("UPDATE outbox SET sent_at = now() WHERE id = $1", r["id"])


class Alert(Model):
    id = fields.IntField(primary_key=True)
    text = fields.TextField()
    state = fields.CharField(max_length=10)


@app.post("/alerts/send")
async def send_alerts():
    for a in await Alert.filter(state="new"):  # want MB114 "alert"
        await sms.post("/messages", json={"text": a.text})
        await Alert.filter(id=a.id).update(state="sent")


@app.post("/alerts/claim")
async def send_alerts_ok():
    for a in await Alert.filter(state="new"):
        if await Alert.filter(id=a.id, state="new").update(state="sent"):
            await sms.post("/messages", json={"text": a.text})
