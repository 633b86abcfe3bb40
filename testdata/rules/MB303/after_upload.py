"""The account is checked, then a slow thing happens, then the account's right is used."""
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/news"), expire_on_commit=False)
app = FastAPI()
token = OAuth2PasswordBearer(tokenUrl="token")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class Story(Base):
    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    live: Mapped[bool] = mapped_column(default=False)


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


async def active_account(db: DB, value: str = Security(token)) -> Account:
    account = await db.scalar(select(Account).where(Account.token == value))
    if account is None or not account.is_active:  # step MB303 check
        raise HTTPException(401)
    return account


Active = Annotated[Account, Depends(active_account)]


async def review(text: str) -> bool:
    async with httpx.AsyncClient(timeout=300) as client:
        return (await client.post("https://review.example/check", json={"text": text})).json()["ok"]


@app.post("/stories/{story_id}/publish")
async def publish(story_id: int, text: str, account: Active, db: DB):
    if not await review(text):
        raise HTTPException(422)
    await db.execute(update(Story).where(Story.id == story_id).values(text=text, live=True))  # want MB303 "is_active"
    await db.commit()


@app.post("/stories/{story_id}/publish/rechecked")
async def publish_rechecked(story_id: int, text: str, account: Active, db: DB):
    if not await review(text):
        raise HTTPException(422)
    await db.refresh(account, with_for_update=True)
    if not account.is_active:
        raise HTTPException(401)
    await db.execute(update(Story).where(Story.id == story_id).values(text=text, live=True))
    await db.commit()


@app.post("/stories/{story_id}/draft")
async def save_draft(story_id: int, text: str, account: Active, db: DB):
    await db.execute(update(Story).where(Story.id == story_id).values(text=text))
    await db.commit()


@app.post("/accounts/{account_id}/suspend")
async def suspend(account_id: int, db: DB):
    await db.execute(update(Account).where(Account.id == account_id).values(is_active=False))
    await db.commit()
