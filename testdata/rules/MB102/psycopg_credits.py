"""psycopg 3 with cursors, and a helper that raises."""
import psycopg
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()


def get_conn():
    with psycopg.connect("postgresql://localhost/mailer") as conn:
        yield conn


def ensure_credits(conn: psycopg.Connection, team_id: int, needed: int) -> None:
    row = conn.execute("SELECT credits FROM teams WHERE id = %s", (team_id,)).fetchone()  # step MB102 read
    if row is None or row[0] < needed:  # step MB102 check
        raise HTTPException(402, "not enough credits")


@app.post("/teams/{team_id}/mailings")
def send(team_id: int, recipients: int, conn: psycopg.Connection = Depends(get_conn)):
    ensure_credits(conn, team_id, recipients)
    with conn.cursor() as cur:
        cur.execute(  # want MB102 "credits"
            "UPDATE teams SET credits = credits - %s WHERE id = %s", (recipients, team_id)
        )
    conn.commit()


@app.post("/teams/{team_id}/mailings/guarded")
def send_guarded(team_id: int, recipients: int, conn: psycopg.Connection = Depends(get_conn)):
    with conn.cursor() as cur:
        cur.execute(
            "UPDATE teams SET credits = credits - %s WHERE id = %s AND credits >= %s",
            (recipients, team_id, recipients),
        )
        if cur.rowcount != 1:
            raise HTTPException(402, "not enough credits")
    conn.commit()


@app.post("/teams/{team_id}/mailings/locked")
def send_locked(team_id: int, recipients: int, conn: psycopg.Connection = Depends(get_conn)):
    row = conn.execute("SELECT credits FROM teams WHERE id = %s FOR UPDATE", (team_id,)).fetchone()
    if row is None or row[0] < recipients:
        raise HTTPException(402, "not enough credits")
    conn.execute("UPDATE teams SET credits = credits - %s WHERE id = %s", (recipients, team_id))
    conn.commit()
