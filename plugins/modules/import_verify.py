#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: import_verify
version_added: 0.1.0
short_description: Prove from manifests and copy logs what landed in the storage account
description:
  - Reads the manifests of a seed's drives beside the copy logs of the datacenter and gives every object a verdict, and the seed one.
    Nothing is downloaded from the container.
  - All three generations of copy logs are read, V(2014-11-01), V(2018-10-01) and the rootless V(2021-08-01).
  - An object is proven if its length is equal and either its CRC-64/NVME is, or all its page ranges were copied with the MD5 of the
    manifest.
  - Where objects did not land, RV(repair) is the smallest way to mend it.
  - Verdicts are results. The task fails only where a manifest cannot be read.
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.no_group
attributes:
  check_mode:
    support: full
    details: The O(report_file) is not written.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  manifests:
    description:
      - The C(DriveManifest.xml) of each drive of the seed, on the controller.
    type: list
    elements: path
    required: true
  logs:
    description:
      - Copy logs of the import, error logs and verbose ones, on the controller. Keep their names, the serials in them are looked at.
    type: list
    elements: path
    required: true
  checksum_files:
    description:
      - Journals of the copy worker, or other JSON lines with C(name) and C(crc64), where the CRC-64/NVME of each file stands as 16
        hexadecimal digits.
    type: list
    elements: path
    default: []
  blob_list:
    description:
      - What lies in the container, JSON lines with C(name) and C(size). Without it only the logs speak.
    type: path
  container:
    description:
      - Container that O(blob_list) and O(read_back) are of, then required.
    type: str
  read_back:
    description:
      - Blobs that were read back after somebody put them right, JSON lines with C(name), C(size) and C(sha256), as
        M(offlineseed.azure.import_evidence) writes them. For these it has the last word, if a journal in O(checksum_files) has the
        SHA-256 that was written.
    type: path
  job:
    description:
      - Name of the import job, for the text to Microsoft's support.
    type: str
  most_listed:
    description:
      - So many entries are listed in RV(objects), RV(problems) and each part of RV(repair) at most.
    type: int
    default: 100
  report_file:
    description:
      - File on the controller that takes the verdict on every object, JSON lines sorted by path, with the fields of RV(objects).
    type: path
seealso:
  - module: offlineseed.azure.drive_manifest
  - module: offlineseed.azure.import_evidence
  - module: offlineseed.azure.landing_blobs_info
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: What landed is known
  offlineseed.azure.import_verify:
    manifests:
      - /srv/seeds/srv1/evidence/WD-WX11A1234567/DriveManifest.xml
    logs:
      - /srv/seeds/srv1/evidence/srv1_WD-WX11A1234567_20260131-080000-000_verbose.xml
      - /srv/seeds/srv1/evidence/srv1_WD-WX11A1234567_20260131-080000-000_error.xml
    checksum_files:
      - /srv/seeds/srv1/evidence/WD-WX11A1234567/journal.jsonl
    job: srv1
    report_file: /srv/seeds/srv1/evidence/verdicts.jsonl
  register: landed

- name: Every object is proven
  ansible.builtin.assert:
    that: landed.proven
    fail_msg: "{{ landed.repair }}"
"""

RETURN = r"""
verdict:
  description:
    - V(proven) if every object is proven.
    - V(present) if all are there, some without a checksum to compare.
    - V(unproven) if all are there, but the logs themselves have RV(problems).
    - V(incomplete) in every other case.
  returned: success
  type: str
  sample: proven
proven:
  description: Whether RV(verdict) is V(proven).
  returned: success
  type: bool
  sample: true
counts:
  description: Number of objects for each verdict.
  returned: success
  type: dict
  sample: {proven: 12, present: 0, extra: 0, missing: 0, renamed: 0, skipped: 0, failed: 0, corrupted: 0}
objects:
  description: Objects that are not proven, the worst first, at most O(most_listed).
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Container and name of the blob.
      type: str
      sample: seed-srv1/638000000000000001_1_0f8fad5b-d9cb-469f-a165-70867728950e_AIBBlob
    drive:
      description: Serial of the drive it was on; null for an extra one.
      type: str
      sample: WD-WX11A1234567
    verdict:
      description: One of the words in RV(counts).
      type: str
      sample: corrupted
    by:
      description: The evidence that decided.
      type: str
      sample: log
    size:
      description: Bytes that the manifest has; for an extra one, what was seen.
      type: int
      sample: 8388608
    category:
      description: Status or category of the log.
      type: str
      sample: Corrupted
    why:
      description: What was seen.
      type: str
      sample: the log says Corrupted
    cure:
      description: What to do.
      type: str
      sample: Upload the ranges that are named, or the file.
    seen_as:
      description: The name under which it landed, if it is another.
      type: str
      sample: seed-srv1/a (2)
    ranges:
      description: Ranges that are not right, neighbours made one. Empty if it is not known which.
      type: list
      elements: dict
      sample: [{offset: 4194304, length: 4194304}]
drives:
  description: Drives of the manifests.
  returned: success
  type: list
  elements: dict
  contains:
    serial:
      description: Serial number.
      type: str
      sample: WD-WX11A1234567
    objects:
      description: Number of objects that the drive should bring.
      type: int
      sample: 12
    other_algorithm:
      description: Whether no checksum of the drive matched, which means another algorithm and not corruption.
      type: bool
      sample: false
logs:
  description: The logs, as they were read.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the file.
      type: str
      sample: srv1_WD-WX11A1234567_20260131-080000-000_verbose.xml
    generation:
      description: Generation of the format; null if the log cannot be read.
      type: str
      sample: '2018-10-01'
    verbose:
      description: Whether it names what was copied well, too.
      type: bool
      sample: true
    status:
      description: Status of the drive.
      type: str
      sample: Completed
    whole:
      description: Whether it has its end.
      type: bool
      sample: true
problems:
  description: What is wrong with the logs themselves, or with a drive as a whole, a sentence each.
  returned: success
  type: list
  elements: str
  sample: []
repair:
  description: The smallest repair.
  returned: success
  type: dict
  contains:
    bytes:
      description: Bytes that have to reach the storage account again.
      type: int
      sample: 4194304
    copies:
      description: Blobs to copy inside the account, C(from) one name C(to) another.
      type: list
      elements: dict
      sample: [{from: seed-srv1/a (2), to: seed-srv1/a}]
    ranges:
      description: Ranges to upload, for each blob.
      type: list
      elements: dict
      sample: [{path: seed-srv1/a, drive: WD-1, bytes: 4194304, ranges: [{offset: 0, length: 4194304}]}]
    files:
      description: Files to upload or to send again as a whole.
      type: list
      elements: dict
      sample: [{path: seed-srv1/b, drive: WD-1, bytes: 512, why: no log names it, cure: Upload the file.}]
    left_out:
      description: Number of entries beyond O(most_listed).
      type: int
      sample: 0
    support:
      description: Text for Microsoft's support; null if there is nothing to ask.
      type: str
      sample: null
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.drives import import_verify
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(import_verify.ARGUMENT_SPEC, import_verify)


if __name__ == "__main__":
    main()
