# Of what was read an update takes nothing but the number of its row.

import asyncpg
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
pool: asyncpg.Pool


async def job_of(job_id: str) -> asyncpg.Record:
    rows = await pool.fetch("SELECT * FROM jobs WHERE id = $1", job_id)
    if not rows:  # want MB101 "jobs"
        raise HTTPException(404)
    return rows[0]


@app.post("/jobs/{job_id}/archive")
async def archive_ok(job: asyncpg.Record = Depends(job_of)):
    await pool.execute("UPDATE jobs SET archived_at = now() WHERE id = $1", str(job["id"]))


@app.post("/jobs/{job_id}/attempts")
async def attempt(job: asyncpg.Record = Depends(job_of)):
    tried = job.get("attempts") + 1
    await pool.execute("UPDATE jobs SET attempts = $2 WHERE id = $1", job["id"], tried)
