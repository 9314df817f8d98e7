#!/usr/bin/python
# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: import_evidence
version_added: 0.1.0
short_description: Archive the copy logs of an import job before Azure deletes them
description:
  - Fetches every copy log that a finished import job names, and writes the job itself and the list of the landing container beside them.
    Azure deletes job and logs after 90 days.
  - The manifests of the job's drives have to lie in O(evidence_dir) already, where M(offlineseed.azure.win_disk_prep) puts them; each is
    compared with the MD5 that the job and O(drives) name.
  - Blobs that an earlier verification found wanting (O(verdicts_file)) and that lie in the container now are read back, so that
    M(offlineseed.azure.import_verify) can prove what was put right. Of their content only the SHA-256 is kept. No other blob of the
    landing container is read.
  - Both back ends of import jobs are read alike.
options:
  job:
    description:
      - The job, one of C(jobs) of M(offlineseed.azure.import_job_info). It must be over.
    type: dict
    required: true
  container:
    description:
      - Container that the drives land in.
    type: str
    required: true
  evidence_dir:
    description:
      - Folder on the controller that takes the evidence. Copy logs go into C(logs) below it; journal and manifest of each drive lie in a
        folder that is called as the drive.
    type: path
    required: true
  drives:
    description:
      - The drives that were prepared for the job, as C(drives) of M(offlineseed.azure.import_job) names them.
      - Their manifests count even if the job does not name one of them any more, and have to have this MD5 too.
      - Without it the drives of O(job) are all there are.
    type: list
    elements: dict
    suboptions:
      serial:
        description:
          - Serial number of the drive.
        type: str
        required: true
      manifest_hash:
        description:
          - MD5 of its manifest, as hexadecimal digits.
        type: str
        required: true
  verdicts_file:
    description:
      - The O(offlineseed.azure.import_verify#module:report_file) of an earlier verification. It need not exist.
    type: path
  auth_mode:
    description:
      - V(login) reads blobs with the identity itself, which needs a Storage Blob Data role.
      - V(key) reads them with a key of the account, which needs the right to list keys.
      - V(auto) tries the identity and takes a key where it has no such role.
    type: str
    choices:
      - auto
      - key
      - login
    default: auto
extends_documentation_fragment:
  - offlineseed.azure.attributes
  - offlineseed.azure.attributes.group
  - offlineseed.azure.azure
attributes:
  check_mode:
    support: full
    details: Nothing is fetched and nothing is written; what is there already is told.
  diff_mode:
    support: none
  idempotent:
    support: full
seealso:
  - module: offlineseed.azure.import_job_info
  - module: offlineseed.azure.import_verify
author:
  - offlineseed.azure contributors (@offlineseed)
"""

EXAMPLES = r"""
- name: Job is known
  offlineseed.azure.import_job_info:
    resource_group: rg-seed
    name: srv1
  register: known

- name: Its evidence lies on the controller
  offlineseed.azure.import_evidence:
    job: "{{ known.jobs[0] }}"
    container: seed-srv1
    evidence_dir: /srv/seeds/srv1/evidence
    verdicts_file: /srv/seeds/srv1/evidence/verdicts.jsonl
  register: evidence

- name: What landed is known
  offlineseed.azure.import_verify:
    manifests: "{{ evidence.manifests }}"
    logs: "{{ evidence.logs }}"
    checksum_files: "{{ evidence.checksum_files }}"
    blob_list: "{{ evidence.blob_list }}"
    read_back: "{{ evidence.read_back | default(omit, true) }}"
    container: seed-srv1
    report_file: /srv/seeds/srv1/evidence/verdicts.jsonl
"""

RETURN = r"""
archived:
  description: Whether job and list of the container lie on the controller; false only in check mode.
  returned: success
  type: bool
  sample: true
files:
  description: Every file of the evidence, in the order of names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name below O(evidence_dir).
      type: str
      sample: logs/srv1_WD-WX11A1234567_20260131-080000-000_verbose.xml
    sha256:
      description: Its SHA-256.
      type: str
      sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    bytes:
      description: Its size.
      type: int
      sample: 20480
logs:
  description: Paths of the copy logs.
  returned: success
  type: list
  elements: str
  sample: [/srv/seeds/srv1/evidence/logs/srv1_WD-WX11A1234567_20260131-080000-000_verbose.xml]
manifests:
  description: Paths of the manifests.
  returned: success
  type: list
  elements: str
  sample: [/srv/seeds/srv1/evidence/WD-WX11A1234567/DriveManifest.xml]
checksum_files:
  description: Paths of the copy worker's journals.
  returned: success
  type: list
  elements: str
  sample: [/srv/seeds/srv1/evidence/WD-WX11A1234567/journal.jsonl]
blob_list:
  description: Path of the list of the container, JSON lines with C(name), C(size), C(kind), C(modified) and C(etag).
  returned: success
  type: str
  sample: /srv/seeds/srv1/evidence/blobs.jsonl
read_back:
  description: Path of what was read back, JSON lines with C(name), C(size), C(etag) and C(sha256); null if nothing was.
  returned: success
  type: str
  sample: null
missing:
  description: Evidence that there is not, a sentence each; a verification goes on without it, and proves the less.
  returned: success
  type: list
  elements: str
  sample: [job names no verbose_log of drive WD-WX11A1234567]
"""

from ansible_collections.offlineseed.azure.plugins.module_utils.jobs import import_evidence
from ansible_collections.offlineseed.azure.plugins.module_utils.module_run import run_module


def main():
    run_module(import_evidence.ARGUMENT_SPEC, import_evidence)


if __name__ == "__main__":
    main()
