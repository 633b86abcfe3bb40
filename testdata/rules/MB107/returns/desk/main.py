from fastapi import FastAPI

from .api import api


def create_app() -> FastAPI:
    app = FastAPI(title="Returns desk")
    app.include_router(api)
    return app


app = create_app()
