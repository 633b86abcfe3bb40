"""Orders: cancelling one refunds the customer."""

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_session
from app.services.orders import load_order
from app.services.payments import gateway

router = APIRouter(prefix="/orders")


@router.post("/{order_id}/cancel")
async def cancel_order(order_id: int, session: AsyncSession = Depends(get_session)):
    order = await load_order(session, order_id)
    if order is None:
        raise HTTPException(404)
    if order.status != "paid":
        raise HTTPException(409, "only a paid order can be cancelled")
    await gateway.refund(
        order.charge_id,
        reason="cancelled by the customer",
    )
    order.status = "refunded"
    await session.commit()
    return order


@router.post("/{order_id}/ship")
async def ship_order(order_id: int, session: AsyncSession = Depends(get_session)):
    order = await load_order(session, order_id)
    if order is None or order.status != "paid":
        raise HTTPException(409)
    order.status = "shipped"
    await session.commit()
    return order
