from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class OrderIn(BaseModel):
    product_id: int
    charge_id: str = Field(max_length=40)


class OrderOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    product_id: int
    cents: int
    status: str


class PriceIn(BaseModel):
    cents: int = Field(gt=0)


class RoleIn(BaseModel):
    role: Literal["customer", "support", "manager", "admin"]


class GrantIn(BaseModel):
    permission: str = Field(pattern=r"^[a-z]+:[a-z]+$", max_length=40)
