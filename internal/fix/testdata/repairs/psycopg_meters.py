"""SQL as text on psycopg and on PyMySQL, whose server counts only the rows that became different."""
import psycopg
import pymysql
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/meters/{meter_id}/seal")
def seal(meter_id: int, who: str):
    with psycopg.connect("dbname=meters") as conn:
        with conn.cursor() as cur:
            cur.execute("SELECT phase FROM meters WHERE id = %s", (meter_id,))
            row = cur.fetchone()
            if row is None:
                raise HTTPException(404)
            if row[0] == "sealed":
                raise HTTPException(409, "sealed already")
            cur.execute("UPDATE meters SET phase = 'sealed', sealed_by = %s WHERE id = %s", (who, meter_id))


@app.post("/coins/{box_id}/empty")
def empty(box_id: int, coins: int):
    conn = pymysql.connect(host="db", db="coins", autocommit=True)
    cur = conn.cursor()
    cur.execute("SELECT coins FROM boxes WHERE id = %s", (box_id,))
    if cur.fetchone()[0] < coins:
        raise HTTPException(409)
    cur.execute("UPDATE boxes SET coins = coins - %s WHERE id = %s", (coins, box_id))
    conn.close()
