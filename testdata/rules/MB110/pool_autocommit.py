"""A pool whose connections commit each statement: a row lock lasts as long as its statement, unless a transaction is opened."""
from fastapi import FastAPI, HTTPException
from psycopg_pool import ConnectionPool

pool = ConnectionPool("dbname=ski", kwargs={"autocommit": True})
app = FastAPI()


@app.post("/skis/{ski_id}/rent")
def rent(ski_id: int, who: str):
    with pool.connection() as conn:
        row = conn.execute("SELECT renter FROM skis WHERE id = %s FOR UPDATE", (ski_id,)).fetchone()
        if row is None or row[0] is not None:
            raise HTTPException(409)
        conn.execute("UPDATE skis SET renter = %s WHERE id = %s", (who, ski_id))  # want MB110 "skis"


@app.post("/poles/{pole_id}/rent")
def rent_pole(pole_id: int, who: str):
    with pool.connection() as conn, conn.transaction():
        row = conn.execute("SELECT renter FROM poles WHERE id = %s FOR UPDATE", (pole_id,)).fetchone()
        if row is None or row[0] is not None:
            raise HTTPException(409)
        conn.execute("UPDATE poles SET renter = %s WHERE id = %s", (who, pole_id))
