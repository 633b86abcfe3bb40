"""What a token says is a copy, whatever it is read into: an object of its claims has what was true when the token was issued."""
import datetime as dt
from typing import Annotated

import jwt
import psycopg
from fastapi import Depends, FastAPI, Header, HTTPException, Security
from pydantic import BaseModel

app = FastAPI()
DSN = "postgresql://clinic@db/clinic"
KEY = "a key of this example, long enough"


class Claims(BaseModel):
    sub: str
    role: str = "guest"


def claims(authorization: Annotated[str, Header()]) -> Claims:
    return Claims(**jwt.decode(authorization, KEY, algorithms=["HS256"]))


def validated_claims(authorization: Annotated[str, Header()]) -> Claims:
    return Claims.model_validate(jwt.decode(authorization, KEY, algorithms=["HS256"]))


class Needs:
    def __init__(self, role: str):
        self.role = role

    def __call__(self, who: Annotated[Claims, Security(claims)]) -> Claims:
        if who.role != self.role:  # want MB301 "staff.role"
            raise HTTPException(403)
        return who


@app.post("/login")
def login(name: str):
    with psycopg.connect(DSN) as conn:
        row = conn.execute("SELECT role FROM staff WHERE login = %s", (name,)).fetchone()
    until = dt.datetime.now(dt.timezone.utc) + dt.timedelta(hours=12)
    return jwt.encode({"sub": name, "role": row[0], "exp": until}, KEY, "HS256")


@app.delete("/records/{number}")
def erase(number: int, who: Annotated[Claims, Depends(Needs("director"))]):
    with psycopg.connect(DSN) as conn:
        conn.execute("DELETE FROM records WHERE id = %s", (number,))


@app.delete("/notes/{number}")
def erase_note(number: int, who: Annotated[Claims, Depends(validated_claims)]):
    if who.role != "director":  # want MB301 "staff.role"
        raise HTTPException(403)
    with psycopg.connect(DSN) as conn:
        conn.execute("DELETE FROM notes WHERE id = %s", (number,))


@app.delete("/files/{number}")
def erase_ok(number: int, who: Annotated[Claims, Depends(claims)]):
    with psycopg.connect(DSN) as conn:
        gone = conn.execute(
            "DELETE FROM files WHERE id = %s AND EXISTS (SELECT 1 FROM staff WHERE login = %s AND role = 'director')", (number, who.sub)
        )
    if gone.rowcount == 0:
        raise HTTPException(403)


@app.put("/staff/{login}/role")
def set_role(login: str, role: str):
    with psycopg.connect(DSN) as conn:
        conn.execute("UPDATE staff SET role = %s WHERE login = %s", (role, login))
