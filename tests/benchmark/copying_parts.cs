// Copyright: (c) 2026, offlineseed.azure contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Each part of the copying alone, one after the other on one thread, with the same block size and the same classes as the worker.

using System;
using System.IO;
using System.Security.Cryptography;

public static class CopyingParts
{
    private const int Block = 4194304;

    public static void Run(string part, string staging, string target)
    {
        var data = new byte[Block];
        new Random(1).NextBytes(data);
        foreach (var path in Directory.GetFiles(staging))
        {
            long size = new FileInfo(path).Length;
            if (part == "read") { Read(path, data); }
            else if (part == "write") { Write(Path.Combine(target, "written"), data, size); }
            else { Sum(part, data, size); }
        }
        if (part == "write") { File.Delete(Path.Combine(target, "written")); }
    }

    private static void Read(string path, byte[] data)
    {
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.SequentialScan))
        {
            while (stream.Read(data, 0, Block) > 0) { }
        }
    }

    private static void Write(string path, byte[] data, long size)
    {
        using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 4096))
        {
            stream.SetLength(size);
            for (long left = size; left > 0; left -= Block) { stream.Write(data, 0, (int)Math.Min(Block, left)); }
            stream.Flush(true);
        }
    }

    private static void Sum(string part, byte[] data, long size)
    {
        var crc64 = new OfflineSeed.Crc64();
        using (var sha256 = SHA256.Create())
        using (var md5 = MD5.Create())
        {
            for (long left = size; left > 0; left -= Block)
            {
                int count = (int)Math.Min(Block, left);
                if (part == "sha256") { sha256.TransformBlock(data, 0, count, null, 0); }
                else if (part == "md5") { md5.ComputeHash(data, 0, count); }
                else { crc64.Add(data, count); }
            }
        }
    }
}
