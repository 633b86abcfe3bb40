from fastapi import APIRouter

from . import returns, warehouse

api = APIRouter(prefix="/api")
api.include_router(returns.router)
api.include_router(warehouse.router)
