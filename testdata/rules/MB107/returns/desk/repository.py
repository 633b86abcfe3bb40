from __future__ import annotations

import uuid

from fastapi import Depends
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from .database import session
from .models import Return, State


class ReturnRepository:
    def __init__(self, db: AsyncSession = Depends(session)):
        self.db = db

    async def find(self, return_id: uuid.UUID) -> Return | None:
        return await self.db.get(Return, return_id)  # step MB107 read

    async def save(self, item: Return) -> None:
        self.db.add(item)
        await self.db.commit()

    async def transition(self, return_id: uuid.UUID, old: State, new: State) -> Return | None:
        row = await self.db.scalars(
            update(Return).where(Return.id == return_id, Return.state == old).values(state=new).returning(Return)
        )
        item = row.one_or_none()
        await self.db.commit()
        return item
