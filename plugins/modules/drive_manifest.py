#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: drive_manifest
version_added: 0.1.0
short_description: Read and check the manifest, journal or DriveInfo file of a prepared drive
description:
  - Reads a C(DriveManifest.xml), a journal (C(.jrn)) or a DriveInfo file of WAImportExport version 1, whichever O(path) is, and lists
    what is wrong with it. What is wrong is a result, not a failure; a file that cannot be read at all fails the task.
  - A manifest is read as a stream, so its size does not matter. Block blobs are named as not fit for a seed.
  - Recovery passwords and storage keys in these files are never returned. The results say whether one is there.
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.info
  - offlineseed.azure.attributes.no_group
options:
  path:
    description:
      - The file, on the controller.
    type: path
    required: true
  serial:
    description:
      - Serial number that the file must name. Blanks do not count.
    type: str
  manifest_hash:
    description:
      - MD5 that the record or the import job holds, 32 hexadecimal digits. A manifest must have it, a journal or DriveInfo file
        must name it.
    type: str
  container:
    description:
      - Container that every blob of a manifest must go to. The one of O(plan_file) unless given.
    type: str
  plan_file:
    description:
      - Plan of the seed (C(plan.json)). The manifest must list exactly what the plan has for the drive O(serial), which is then required.
    type: path
  inventory_file:
    description:
      - Inventory of the staged files, JSON lines with C(name) and C(size). Each file of the manifest must be in it with its size,
        wherever on the drive it lies. A journal or DriveInfo file lists no files, so it is not compared with one.
    type: path
seealso:
  - module: offlineseed.azure.import_verify
  - module: offlineseed.azure.win_disk_prep
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: The manifest is the one that the job names and lists what the plan says
  offlineseed.azure.drive_manifest:
    path: /srv/seeds/srv1/evidence/WD-WX11A1234567/DriveManifest.xml
    serial: WD-WX11A1234567
    manifest_hash: D863FE44F861AE0DA4DCEAEEFFCCCE68
    plan_file: /srv/seeds/srv1/plan.json
  register: manifest
  failed_when: not manifest.fit

- name: What the journal of WAImportExport says is known
  offlineseed.azure.drive_manifest:
    path: /srv/journals/WD-WX11A1234567.jrn
  register: journal
"""

RETURN = r"""
kind:
  description: What the file is, V(manifest), V(journal) or V(drive_info).
  returned: success
  type: str
  sample: manifest
fit:
  description: Whether nothing is wrong with it.
  returned: success
  type: bool
  sample: true
differences:
  description: What is wrong.
  returned: success
  type: list
  elements: dict
  contains:
    file:
      description: File on the drive, or serial of the drive, that it is about; null if it is about the whole.
      type: str
      sample: \data\638000000000000001_1_0f8fad5b-d9cb-469f-a165-70867728950e_AIBBlob
    what:
      description: What is wrong with it.
      type: str
      sample: its ranges cover 512 of 1024 bytes
size:
  description: Bytes of the file.
  returned: success
  type: int
  sample: 1042
version:
  description: Version that the file names; of a journal its VocabularyVersion.
  returned: for a manifest or a journal
  type: str
  sample: '2014-11-01'
has_storage_key:
  description: Whether a storage account key or a SAS stands in the file.
  returned: for a manifest or a journal
  type: bool
  sample: false
drives:
  description: Drives that the file names, as an import job wants them.
  returned: success
  type: list
  elements: dict
  contains:
    serial:
      description: Serial number without blanks.
      type: str
      sample: WD-WX11A1234567
    manifest_file:
      description: Path of the manifest on the drive.
      type: str
      sample: \DriveManifest.xml
    manifest_hash:
      description: MD5 of the manifest, hexadecimal in upper case, as both job services take it.
      type: str
      sample: D863FE44F861AE0DA4DCEAEEFFCCCE68
    has_key:
      description: Whether a recovery password stands beside them.
      type: bool
      sample: false
blobs:
  description: Number of files that the manifest lists.
  returned: for a manifest
  type: int
  sample: 12
bytes:
  description: Their size.
  returned: for a manifest
  type: int
  sample: 96300000
ranges:
  description: Number of page ranges.
  returned: for a manifest
  type: int
  sample: 34
block_blobs:
  description: Number of block blobs, which are not fit for a seed.
  returned: for a manifest
  type: int
  sample: 0
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import drive_manifest
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(drive_manifest.ARGUMENT_SPEC, drive_manifest)


if __name__ == "__main__":
    main()
