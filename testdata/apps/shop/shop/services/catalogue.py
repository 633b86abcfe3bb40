from fastapi import HTTPException
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from .. import copywriter
from ..models import Product, User


async def set_price(session: AsyncSession, product_id: int, cents: int) -> None:
    result = await session.execute(update(Product).where(Product.id == product_id).values(price_cents=cents))
    await session.commit()
    if result.rowcount != 1:
        raise HTTPException(404, "no such product")


async def title_of(session: AsyncSession, product_id: int) -> str:
    title = await session.scalar(select(Product.title).where(Product.id == product_id))
    if title is None:
        raise HTTPException(404, "no such product")
    return title


async def publish(session: AsyncSession, product_id: int) -> None:
    """The text takes a minute; the role that was checked before it may be gone when the product is listed."""
    text = await copywriter.describe(await title_of(session, product_id))
    await session.execute(
        update(Product)  # want MB303 "role"
        .where(Product.id == product_id)
        .values(description=text, is_listed=True)
    )
    await session.commit()


async def publish_as(session: AsyncSession, user_id: int, product_id: int) -> None:
    """The write itself asks for the role, so it holds at the moment of the write."""
    text = await copywriter.describe(await title_of(session, product_id))
    manager = exists(select(User.id).where(User.id == user_id, User.role == "manager", User.is_active))
    result = await session.execute(
        update(Product)
        .where(Product.id == product_id, manager)
        .values(description=text, is_listed=True)
    )
    await session.commit()
    if result.rowcount != 1:
        raise HTTPException(403, "not allowed")
