"""What the customer sees; both versions share it."""
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Response

from ..models import Order
from ..schemas import OrderIn, OrderOut
from ..security import CurrentUser
from ..services.avatars import store
from ..services.orders import OrderService

router = APIRouter()

Orders = Annotated[OrderService, Depends()]


@router.post("/orders", response_model=OrderOut, status_code=201)
async def place_order(body: OrderIn, user: CurrentUser, orders: Orders) -> Order:
    return await orders.place(user, body.product_id, body.charge_id)


@router.get("/orders", response_model=list[OrderOut])
async def my_orders(user: CurrentUser, orders: Orders) -> list[Order]:
    return await orders.orders.of_user(user.id)


@router.get("/avatars/{user_id}")
async def avatar(user_id: int) -> Response:
    data = store.read(user_id)
    if data is None:
        raise HTTPException(404, "no avatar")
    return Response(data, media_type="image/png")


@router.delete("/me/avatar", status_code=204)
async def delete_avatar(user: CurrentUser) -> None:
    store.remove(user.id)
