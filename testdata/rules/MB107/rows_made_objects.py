"""The driver makes an object of each row, whose property says whether a locker is free; each function has a connection of its own."""
from dataclasses import dataclass

from fastapi import FastAPI, HTTPException
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool

pool = ConnectionPool("dbname=gym")
app = FastAPI()


@dataclass
class Locker:
    number: int
    rented_by: int | None

    @property
    def free(self) -> bool:
        return self.rented_by is None


def find(number: int) -> Locker | None:
    with pool.connection() as conn, conn.cursor(row_factory=class_row(Locker)) as cur:
        cur.execute("SELECT number, rented_by FROM lockers WHERE number = %s", [number])
        return cur.fetchone()


def rent(number: int, member: int) -> int:
    with pool.connection() as conn:
        return conn.execute("UPDATE lockers SET rented_by = %s WHERE number = %s", [member, number]).rowcount


def rent_free(number: int, member: int) -> int:
    with pool.connection() as conn:
        return conn.execute("UPDATE lockers SET rented_by = %s WHERE number = %s AND rented_by IS NULL", [member, number]).rowcount


@app.put("/lockers/{number}")
def rent_locker(number: int, member: int):
    locker = find(number)
    if locker is None or not locker.free:  # want MB107 "lockers"
        raise HTTPException(409)
    if not rent(number, member):
        raise HTTPException(409)


@app.put("/v2/lockers/{number}")
def rent_free_locker(number: int, member: int):
    locker = find(number)
    if locker is None or not locker.free:
        raise HTTPException(409)
    if not rent_free(number, member):
        raise HTTPException(409)
