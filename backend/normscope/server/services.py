"""What the routes need, made once in the lifespan of the application."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from normscope.server.document import Desk
from normscope.server.durations import Durations
from normscope.server.evidence import Judge
from normscope.server.follower import Followers
from normscope.server.limits import Admission
from normscope.server.points import PointCache
from normscope.server.rooms import Rooms
from normscope.settings import Settings
from normscope.storage.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every route by ``Depends``; nothing else is global."""

    settings: Settings
    store: Store
    kick: Callable[[], object]
    """Make the supervisor look now; from any thread."""
    supervision: asyncio.Task[None]
    """The supervisor at work; done only if it failed."""
    followers: Followers
    points: PointCache
    judge: Judge
    durations: Durations
    admission: Admission
    rooms: Rooms
    cuda: str | None
    """The GPU at hand."""

    @property
    def desk(self) -> Desk:
        """Where files are written from."""
        return Desk(self.store, self.points, self.judge, self.durations, self.settings.workers)


def services(request: Request) -> Services:
    """The services of the application that handles ``request``."""
    found: Services = request.app.state.services
    return found


def address(request: Request) -> str:
    """The address that ``request`` comes from; empty where the transport has none."""
    return request.client.host if request.client else ""


Server = Annotated[Services, Depends(services)]
Address = Annotated[str, Depends(address)]
