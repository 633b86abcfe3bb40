# A row is found by its code, marked by its key, and nobody looks whether the mark was set.

import httpx
from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg://gift@localhost/gift")
app = FastAPI()


def send_money(iban: str, cents: int) -> None:
    httpx.post("https://bank.example/transfers", json={"iban": iban, "cents": cents}).raise_for_status()


@app.post("/gifts/{code}/cash-out")
def cash_out(code: str, iban: str):
    with engine.begin() as c:
        gift = c.execute(text("SELECT id, cents, used FROM gifts WHERE code = :c"), {"c": code}).mappings().first()
        if gift is None or gift["used"]:
            raise HTTPException(404)
        c.execute(text("UPDATE gifts SET used = true WHERE id = :i AND NOT used"), {"i": gift["id"]})  # want MB112 "gifts"
    send_money(iban, gift["cents"])


@app.post("/gifts/{code}/pay-out")
def pay_out_ok(code: str, iban: str):
    with engine.begin() as c:
        gift = c.execute(text("SELECT id, cents, used FROM gifts WHERE code = :c"), {"c": code}).mappings().first()
        if gift is None or gift["used"]:
            raise HTTPException(404)
        won = c.execute(text("UPDATE gifts SET used = true WHERE id = :i AND NOT used"), {"i": gift["id"]})
        if won.rowcount == 0:
            raise HTTPException(404)
    send_money(iban, gift["cents"])
