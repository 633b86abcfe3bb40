"""An object registers its own methods as routes, and is made of a repository: by whoever makes it, or by the default of its class."""
from fastapi import APIRouter, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/keys"))


class Base(DeclarativeBase):
    pass


class Key(Base):
    __tablename__ = "keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="hanging")


class Keys:
    def take(self, id: int):
        with SessionLocal() as db:
            key = db.get(Key, id)
            if key.state != "hanging":  # step MB107 check
                raise HTTPException(409)
            key.state = "taken"  # want MB107 "state"
            db.commit()


class GuardedKeys:
    def take(self, id: int):
        with SessionLocal() as db:
            if db.execute(update(Key).where(Key.id == id, Key.state == "hanging").values(state="taken")).rowcount == 0:
                raise HTTPException(409)
            db.commit()


class LostKeys:
    def take(self, id: int):
        with SessionLocal() as db:
            key = db.get(Key, id)
            if key.state != "lost":  # step MB107 check
                raise HTTPException(409)
            key.state = "found"  # want MB107 "state"
            db.commit()

    def lose(self, id: int):
        with SessionLocal() as db:
            db.execute(update(Key).where(Key.id == id).values(state="lost"))
            db.commit()


class Routes:
    def __init__(self, keys, prefix: str = "board"):
        self.keys = keys
        self.router = APIRouter(prefix=f"/{prefix}")
        self.router.add_api_route("/{id}/take", self.take, methods=["POST"])

    def take(self, id: int):
        self.keys.take(id)


class LostRoutes(Routes):
    def __init__(self, keys: type[LostKeys] = LostKeys):
        super().__init__(keys(), prefix="lost")
        self.router.add_api_route("/{id}/lose", self.lose, methods=["POST"])

    def lose(self, id: int):
        self.keys.lose(id)


class GuardedRoutes(Routes):
    pass


def board():
    keys = Keys()
    return Routes(keys).router


app = FastAPI()
app.include_router(board())
app.include_router(LostRoutes().router)
app.include_router(GuardedRoutes(GuardedKeys(), prefix="guarded").router)
