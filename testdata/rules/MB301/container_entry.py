# Permissions of each user lie in a dictionary of sets, filled when they are first asked for.

import asyncpg
from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()
pool: asyncpg.Pool
granted: dict[int, set[str]] = {}


async def granted_to(user_id: int) -> set[str]:
    if user_id not in granted:
        rows = await pool.fetch("SELECT permission FROM grants WHERE user_id = $1", user_id)
        granted[user_id] = {r["permission"] for r in rows}
    return granted[user_id]


async def may_delete(x_user_id: int = Header()) -> int:
    if "reports:delete" not in await granted_to(x_user_id):  # want MB301 "grants"
        raise HTTPException(403)
    return x_user_id


async def may_delete_asked_ok(x_user_id: int = Header()) -> int:
    rows = await pool.fetch("SELECT permission FROM grants WHERE user_id = $1", x_user_id)
    if "reports:delete" not in {r["permission"] for r in rows}:
        raise HTTPException(403)
    return x_user_id


@app.delete("/reports/{report_id}", dependencies=[Depends(may_delete)])
async def delete_report(report_id: int):
    await pool.execute("DELETE FROM reports WHERE id = $1", report_id)


@app.delete("/drafts/{draft_id}", dependencies=[Depends(may_delete_asked_ok)])
async def delete_draft_ok(draft_id: int):
    await pool.execute("DELETE FROM drafts WHERE id = $1", draft_id)


@app.delete("/users/{user_id}/grants/{permission}")
async def revoke(user_id: int, permission: str):
    await pool.execute("DELETE FROM grants WHERE user_id = $1 AND permission = $2", user_id, permission)
