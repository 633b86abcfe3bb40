"""A middleware that compares after the handler has committed is no guard; If-Match inside the write is one."""
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/press"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Issue(Base):
    __tablename__ = "issues"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="draft")
    revision: Mapped[int] = mapped_column(default=1)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def status_of(path: str) -> str | None:
    async with Session() as db:
        return await db.scalar(select(Issue.status).where(Issue.id == int(path.split("/")[2])))


@app.middleware("http")
async def same_status(request: Request, call_next):
    if not request.url.path.startswith("/issues/"):
        return await call_next(request)
    before = await status_of(request.url.path)
    response = await call_next(request)
    if before == await status_of(request.url.path):
        return JSONResponse({"detail": "nothing changed"}, status_code=409)
    return response


@app.post("/issues/{issue_id}/print")
async def print_issue(issue_id: int, db: DB):
    issue = await db.get(Issue, issue_id)
    if issue is None or issue.status != "draft":  # step MB107 check
        raise HTTPException(409)
    issue.status = "printed"  # want MB107 "status"
    await db.commit()


@app.post("/v2/issues/{issue_id}/print")
async def print_matching(issue_id: int, if_match: Annotated[int, Header()], db: DB):
    printed = await db.execute(
        update(Issue)
        .where(Issue.id == issue_id, Issue.revision == if_match, Issue.status == "draft")
        .values(status="printed", revision=Issue.revision + 1)
    )
    if printed.rowcount != 1:
        raise HTTPException(412)
    await db.commit()
