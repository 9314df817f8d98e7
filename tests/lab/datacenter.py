# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The datacenter: parcels arrive, drives are copied, jobs of both services move on. Driven by the lab's clock, an hour at a time."""

from __future__ import annotations

from typing import Any

from .azure.blobs import Blobs
from .azure.drive_copier import Copier
from .azure.state import State
from .datacenter_data_box import DataBoxJobs
from .datacenter_import_export import ImportExportJobs
from .parcels import Parcels


class Datacenter:
    """Moves every import job of the lab. `network` has the drives that people have handed over on its shelf."""

    def __init__(self, state: State, blobs: Blobs, network: Any) -> None:
        parcels, copier = Parcels(state), Copier(state, blobs, network)
        self._state, self._network = state, network
        self._services = [service(state, blobs, parcels, copier) for service in (ImportExportJobs, DataBoxJobs)]
        self.hand_over, self.holds = parcels.hand_over, parcels.holds

    def tick(self) -> None:
        """Do what is due."""
        with self._network.lock, self._state.lock:
            for service in self._services:
                service.tick()
