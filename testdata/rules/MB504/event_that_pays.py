"""The row that says an event was dealt with is made after an amount was added because it was missing: both requests add."""
from fastapi import FastAPI
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.engine import Connection

engine = create_engine("postgresql+psycopg://shop@db/shop")
metadata = MetaData()
payment_events = Table("payment_events", metadata, Column("id", String), Column("kind", String))
noted_events = Table("noted_events", metadata, Column("id", String, primary_key=True))
purses = Table("purses", metadata, Column("owner", String, primary_key=True), Column("cents", Integer))
app = FastAPI()


def handle(conn: Connection, event: dict) -> bool:
    if conn.execute(select(payment_events.c.id).where(payment_events.c.id == event["id"])).first():  # want MB504 "payment_events"
        return False
    conn.execute(update(purses).where(purses.c.owner == event["owner"]).values(cents=purses.c.cents + event["cents"]))
    conn.execute(insert(payment_events).values(id=event["id"], kind=event["kind"]))
    return True


def handle_once(conn: Connection, event: dict) -> bool:
    if conn.execute(pg_insert(noted_events).values(id=event["id"]).on_conflict_do_nothing().returning(noted_events.c.id)).first() is None:
        return False
    conn.execute(update(purses).where(purses.c.owner == event["owner"]).values(cents=purses.c.cents + event["cents"]))
    return True


@app.post("/events")
def on_event(event: dict):
    with engine.begin() as conn:
        return handle(conn, event)


@app.post("/events/once")
def on_event_ok(event: dict):
    with engine.begin() as conn:
        return handle_once(conn, event)
