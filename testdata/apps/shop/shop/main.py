from fastapi import FastAPI

from .routers import admin, storefront, v1, v2

app = FastAPI(title="Shop", version="0.3.0")
app.include_router(storefront.router)
app.include_router(v1.router)
app.include_router(v2.router)
app.include_router(admin.router)
