from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Session


class Base(DeclarativeBase):
    pass


ModelT = TypeVar("ModelT", bound=Base)


class CRUDBase(Generic[ModelT]):
    def __init__(self, model: type[ModelT]) -> None:
        self.model = model

    def get(self, db: Session, key: Any) -> ModelT | None:
        return db.get(self.model, key)  # step MB101 read

    def get_for_update(self, db: Session, key: Any) -> ModelT | None:
        return db.scalars(select(self.model).where(self.model.id == key).with_for_update()).first()

    def change(self, db: Session, row: ModelT, values: dict[str, Any]) -> ModelT:
        for name, value in values.items():
            setattr(row, name, value)
        db.add(row)
        db.commit()
        return row
