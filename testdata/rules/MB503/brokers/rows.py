from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/crates"), expire_on_commit=False)
producer = AIOKafkaProducer(bootstrap_servers="kafka:9092")


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    kilos: Mapped[float]
    graded: Mapped[bool] = mapped_column(default=False)


def crates() -> AIOKafkaConsumer:
    return AIOKafkaConsumer("crates", bootstrap_servers="kafka:9092", group_id="grading")
