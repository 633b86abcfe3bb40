"""Nothing but statements tells of the table: that the number of a job is None, or nothing, says that there is no job."""
from fastapi import Depends, FastAPI, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

engine = create_async_engine("postgresql+asyncpg://localhost/jobs")
app = FastAPI()


async def connection():
    async with engine.begin() as conn:
        yield conn


@app.post("/prints/next")
async def next_print(conn: AsyncConnection = Depends(connection)):
    job = (await conn.execute(text("SELECT id FROM prints WHERE state = 'ready' ORDER BY id LIMIT 1"))).scalar()
    if job is None:
        return Response(status_code=204)
    await conn.execute(text("UPDATE prints SET state = 'printing' WHERE id = :id"), {"id": job})  # want MB114 "prints"
    return {"id": job}


@app.post("/scans/next")
async def next_scan(conn: AsyncConnection = Depends(connection)):
    scan = await conn.scalar(text("SELECT id FROM scans WHERE state = 'ready' ORDER BY id LIMIT 1"))
    if not scan:
        return Response(status_code=204)
    await conn.execute(text("UPDATE scans SET state = 'scanning' WHERE id = :id"), {"id": scan})  # want MB114 "scans"
    return {"id": scan}


@app.post("/faxes/next")
async def next_fax(conn: AsyncConnection = Depends(connection)):
    query = "SELECT id FROM faxes WHERE state = 'ready' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
    fax = (await conn.execute(text(query))).scalar()
    if fax is None:
        return Response(status_code=204)
    await conn.execute(text("UPDATE faxes SET state = 'sending' WHERE id = :id"), {"id": fax})
    return {"id": fax}
