"""Fills an empty database: `python -m shop.seed`."""
import asyncio

from .db import SessionLocal
from .models import Grant, Order, Product, User


async def seed() -> None:
    admin = User(email="admin@shop.example", token="token-admin", role="admin")
    manager = User(email="manager@shop.example", token="token-manager", role="manager")
    customer = User(email="customer@shop.example", token="token-customer", role="customer")
    teapot = Product(title="Teapot", price_cents=2400)
    async with SessionLocal() as session:
        session.add_all([admin, manager, customer, teapot])
        await session.flush()
        session.add(Grant(user_id=manager.id, permission="price:write"))
        for n in range(1, 6):
            session.add(Order(user_id=customer.id, product_id=teapot.id, cents=2400, charge_id=f"ch_{n}"))
        await session.commit()


if __name__ == "__main__":
    asyncio.run(seed())
