// Copyright: (c) 2026, offlineseed.azure contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Copies the files of one drive: the source is read once, in ranges of 4 MiB; writing, MD5 of each range, SHA-256 and CRC-64/NVME of the
// file go on beside the reading, each on a thread of its own. C# 5.

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace OfflineSeed
{
    /// <summary>One range of a file on its way; it returns to the pool when every lane has let go of it.</summary>
    internal sealed class Block
    {
        public readonly byte[] Data = new byte[DriveCopy.RangeSize];
        public int Count;
        public int Holders;
    }

    /// <summary>CRC-64/NVME of a file as it passes: the checksum in the datacenter's verbose logs. Parameters: module_utils/drives/crc64.py.</summary>
    public sealed class Crc64
    {
        private const ulong Reflected = 0x9A6C9329AC4BC9B5UL;
        private const int Lanes = 16;       // bytes a step: a table for each place of a byte among them
        private static readonly ulong[][] Tables = MakeTables();
        private ulong sum = ulong.MaxValue;

        public ulong Value { get { return ~sum; } }
        public void Begin() { sum = ulong.MaxValue; }

        private static ulong[][] MakeTables()
        {
            var tables = new ulong[Lanes][];
            for (int lane = 0; lane < Lanes; lane++)
            {
                tables[lane] = new ulong[256];
                for (int i = 0; i < 256; i++)
                {
                    ulong value = lane == 0 ? (ulong)i : tables[lane - 1][i];
                    if (lane > 0) { tables[lane][i] = (value >> 8) ^ tables[0][(int)(value & 0xFF)]; continue; }
                    for (int bit = 0; bit < 8; bit++) { value = (value & 1) != 0 ? (value >> 1) ^ Reflected : value >> 1; }
                    tables[0][i] = value;
                }
            }
            return tables;
        }

        public void Add(byte[] data, int count)
        {
            ulong value = sum;
            ulong[] t0 = Tables[0], t1 = Tables[1], t2 = Tables[2], t3 = Tables[3], t4 = Tables[4], t5 = Tables[5], t6 = Tables[6], t7 = Tables[7];
            ulong[] t8 = Tables[8], t9 = Tables[9], ta = Tables[10], tb = Tables[11], tc = Tables[12], td = Tables[13], te = Tables[14], tf = Tables[15];
            int at = 0;
            for (; at + Lanes <= count; at += Lanes)
            {
                ulong one = value ^ BitConverter.ToUInt64(data, at), two = BitConverter.ToUInt64(data, at + 8);
                value = tf[(byte)one] ^ te[(byte)(one >> 8)] ^ td[(byte)(one >> 16)] ^ tc[(byte)(one >> 24)]
                    ^ tb[(byte)(one >> 32)] ^ ta[(byte)(one >> 40)] ^ t9[(byte)(one >> 48)] ^ t8[(byte)(one >> 56)]
                    ^ t7[(byte)two] ^ t6[(byte)(two >> 8)] ^ t5[(byte)(two >> 16)] ^ t4[(byte)(two >> 24)]
                    ^ t3[(byte)(two >> 32)] ^ t2[(byte)(two >> 40)] ^ t1[(byte)(two >> 48)] ^ t0[(byte)(two >> 56)];
            }
            for (; at < count; at++) { value = (value >> 8) ^ t0[(byte)(value ^ data[at])]; }
            sum = value;
        }
    }

    /// <summary>What is done with the blocks of the file that is being read; an item without a block closes the file.</summary>
    internal sealed class Lane
    {
        private readonly BlockingCollection<Block> queue = new BlockingCollection<Block>(DriveCopy.Blocks + 1);
        private readonly BlockingCollection<Block> pool;
        private readonly ManualResetEvent closed = new ManualResetEvent(false);
        private readonly Action<Block> work;
        private readonly Action close;
        private volatile Exception error;

        public Lane(string name, BlockingCollection<Block> pool, Action<Block> work, Action close)
        {
            this.pool = pool;
            this.work = work;
            this.close = close;
            new Thread(Run) { IsBackground = true, Name = name }.Start();
        }

        public void Give(Block block) { queue.Add(block); }
        public void CloseFile() { closed.Reset(); queue.Add(null); }
        public void End() { queue.CompleteAdding(); }

        public void WaitUntilClosed() { closed.WaitOne(); ThrowIfBroken(); }

        public void ThrowIfBroken()
        {
            if (error != null) { throw new IOException(error.Message, error); }
        }

        private void Run()
        {
            foreach (var block in queue.GetConsumingEnumerable())
            {
                try
                {
                    if (error == null) { if (block == null) { close(); } else { work(block); } }
                }
                catch (Exception e) { error = e; }      // reported to the reader by ThrowIfBroken; the lane goes on to empty its queue
                if (block == null) { closed.Set(); }
                else if (Interlocked.Decrement(ref block.Holders) == 0) { pool.Add(block); }
            }
        }
    }

    /// <summary>The copying of one drive. Start it once; Snapshot tells how far it is.</summary>
    public sealed class DriveCopy
    {
        public const int RangeSize = 4194304;
        internal const int Blocks = 8;

        private readonly string attempt, source, root, listPath;
        private readonly Identity identity;
        private readonly long maxRate;
        private readonly Stopwatch clock = new Stopwatch();
        private FileList list;
        private Journal journal;
        private ManifestFile manifest;
        private long filesDone, bytesDone, bytesHere;
        private volatile string state = "copying", current, message;
        private volatile bool finished;

        private BlockingCollection<Block> pool;
        private Lane[] lanes;
        private FileStream target;
        private HashAlgorithm sha256, md5;
        private readonly Crc64 crc64 = new Crc64();
        private List<byte[]> ranges;
        private long rangesSaved;
        private StagedFile file;

        /// <param name="attempt">Names this start in the progress.</param>
        /// <param name="source">Staging folder, as .NET reaches it.</param>
        /// <param name="root">Root of the drive's volume, as .NET reaches it.</param>
        /// <param name="listPath">File list.</param>
        /// <param name="maxRate">Bytes a second, 0 for no limit.</param>
        public DriveCopy(string attempt, string source, string root, string listPath, string seed, string serial, string planHash, long maxRate)
        {
            this.attempt = attempt;
            this.source = source;
            this.root = root;
            this.listPath = listPath;
            this.maxRate = maxRate;
            identity = new Identity(seed, serial, planHash);
        }

        public bool Finished { get { return finished; } }
        public string State { get { return state; } }
        public string Message { get { return message; } }

        public static long RangeCount(long size) { return (size + RangeSize - 1) / RangeSize; }

        public void Start() { new Thread(Run) { IsBackground = true, Name = "drive " + identity.Serial }.Start(); }

        private void Run()
        {
            try
            {
                CopyAll();
                state = "copied";
            }
            catch (Exception e)
            {
                // One drive's error is that drive's alone: it is told in its progress and its journal, the others go on.
                message = (current == null ? "" : "file '" + current + "': ") + e.Message;
                state = "failed";
                TellJournal(message);
            }
            finally
            {
                if (lanes != null) { foreach (var lane in lanes) { lane.End(); } }
                if (target != null) { target.Dispose(); }
                if (journal != null) { journal.Dispose(); }
                finished = true;
            }
        }

        private void TellJournal(string text)
        {
            if (journal == null) { return; }
            try { journal.Failed(text); }
            catch (IOException) { message += " (the journal cannot be written either)"; }
        }

        private void CopyAll()
        {
            // The mount folder is an ordinary folder of the system disk while the volume is locked or away; the marker lies on the drive only.
            string marker = Path.Combine(Path.Combine(root, "offlineseed"), "marker.json");
            if (!File.Exists(marker)) { throw new IOException("the drive is not there: its marker cannot be read in " + root + " (locked or detached?)"); }
            identity.MustMatch(Json.Object(File.ReadAllText(marker)), "the marker");
            list = new FileList(listPath, identity);
            journal = new Journal(Path.Combine(Path.Combine(root, "offlineseed"), "journal.jsonl"), identity);
            Directory.CreateDirectory(Path.Combine(root, "data"));
            var left = FilesLeft();
            if (left.Count == 0) { manifest = ManifestFile.Closed(root, journal); }
            if (manifest != null) { return; }
            clock.Start();
            StartLanes();
            foreach (var next in left) { CopyFile(next); }
            current = null;
            manifest = ManifestFile.Write(root, journal, list, identity);
            journal.Manifest(manifest);
        }

        private List<StagedFile> FilesLeft()
        {
            var left = new List<StagedFile>();
            foreach (var one in list.Files)
            {
                long size;
                if (!journal.Complete.TryGetValue(one.Name, out size)) { left.Add(one); continue; }
                var there = new FileInfo(Path.Combine(Path.Combine(root, "data"), one.Name));
                if (size != one.Size || !there.Exists || there.Length != size)
                {
                    throw new InvalidDataException("the journal calls file '" + one.Name + "' complete with " + size + " bytes, the plan says " + one.Size +
                        ", on the drive are " + (there.Exists ? there.Length.ToString(CultureInfo.InvariantCulture) : "none"));
                }
                filesDone++;
                bytesDone += size;
            }
            return left;
        }

        private void StartLanes()
        {
            // CryptoServiceProvider: on .NET Framework SHA256.Create() is the managed one, a third as fast.
            sha256 = (HashAlgorithm)CryptoConfig.CreateFromName("System.Security.Cryptography.SHA256CryptoServiceProvider") ?? SHA256.Create();
            md5 = MD5.Create();
            pool = new BlockingCollection<Block>();
            for (int i = 0; i < Blocks; i++) { pool.Add(new Block()); }
            lanes = new[]
            {
                new Lane("write " + identity.Serial, pool, b => target.Write(b.Data, 0, b.Count), () => { target.Flush(true); target.Dispose(); target = null; }),
                new Lane("sha256 " + identity.Serial, pool, b => sha256.TransformBlock(b.Data, 0, b.Count, null, 0), () => sha256.TransformFinalBlock(new byte[0], 0, 0)),
                new Lane("crc64 " + identity.Serial, pool, b => crc64.Add(b.Data, b.Count), () => { }),
                new Lane("md5 " + identity.Serial, pool, b => AddRange(md5.ComputeHash(b.Data, 0, b.Count)), SaveRanges),
            };
        }

        private void AddRange(byte[] hash)
        {
            ranges.Add(hash);
            if (ranges.Count == Journal.RangesPerLine) { SaveRanges(); }
        }

        private void SaveRanges()
        {
            if (ranges.Count == 0) { return; }
            journal.Ranges(file.Name, rangesSaved, ranges);
            rangesSaved += ranges.Count;
            ranges.Clear();
        }

        private void CopyFile(StagedFile next)
        {
            file = next;
            current = next.Name;
            ranges = new List<byte[]>();
            rangesSaved = 0;
            bytesHere = 0;
            sha256.Initialize();
            crc64.Begin();
            var path = Path.Combine(source, next.Name);
            using (var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.SequentialScan))
            {
                var before = File.GetLastWriteTimeUtc(path);
                MustBePlanned(next, reader.Length);
                target = new FileStream(Path.Combine(Path.Combine(root, "data"), next.Name), FileMode.Create, FileAccess.Write, FileShare.None, 4096);
                target.SetLength(next.Size);
                Read(reader, next);
                foreach (var lane in lanes) { lane.CloseFile(); }
                foreach (var lane in lanes) { lane.WaitUntilClosed(); }
                MustBePlanned(next, reader.Length);
                if (File.GetLastWriteTimeUtc(path) != before) { throw new InvalidDataException("the staged file was changed while it was copied"); }
            }
            journal.File(next, RangeCount(next.Size), sha256.Hash, crc64.Value);
            filesDone++;
            bytesDone += next.Size;
            bytesHere = 0;
        }

        private static void MustBePlanned(StagedFile next, long length)
        {
            if (length != next.Size) { throw new InvalidDataException("the staged file has " + length + " bytes, the plan says " + next.Size + "; stage and plan again"); }
        }

        private void Read(Stream reader, StagedFile next)
        {
            for (long read = 0; read < next.Size;)
            {
                var block = pool.Take();
                foreach (var lane in lanes) { lane.ThrowIfBroken(); }
                block.Count = (int)Math.Min(RangeSize, next.Size - read);
                for (int got = 0; got < block.Count;)
                {
                    int some = reader.Read(block.Data, got, block.Count - got);
                    if (some == 0) { throw new EndOfStreamException("the staged file ends after " + (read + got) + " bytes, the plan says " + next.Size); }
                    got += some;
                }
                read += block.Count;
                block.Holders = lanes.Length;
                foreach (var lane in lanes) { lane.Give(block); }
                Interlocked.Add(ref bytesHere, block.Count);
                KeepRate(block.Count);
            }
        }

        private long paced;

        private void KeepRate(int bytes)
        {
            if (maxRate <= 0) { return; }
            paced += bytes;
            double ahead = (double)paced / maxRate - clock.Elapsed.TotalSeconds;
            if (ahead > 0) { Thread.Sleep((int)Math.Min(ahead * 1000, 60000)); }
        }

        /// <summary>The progress of this moment as JSON.</summary>
        public string Snapshot()
        {
            var known = list;
            string word = finished ? state : "copying";
            var text = new StringBuilder("{\"v\":1,\"attempt\":" + Json.Quote(attempt) + ",\"serial\":" + Json.Quote(identity.Serial) + ",\"state\":\"" + word + "\"");
            text.Append(",\"files_total\":" + (known == null ? 0 : known.Files.Count) + ",\"files_done\":" + Interlocked.Read(ref filesDone));
            text.Append(",\"bytes_total\":" + (known == null ? 0 : known.Bytes) + ",\"bytes_done\":" + (Interlocked.Read(ref bytesDone) + Interlocked.Read(ref bytesHere)));
            text.Append(",\"current\":" + (current == null ? "null" : Json.Quote(current)) + ",\"message\":" + (message == null ? "null" : Json.Quote(message)));
            text.Append(",\"manifest\":" + (manifest == null ? "null" : "{\"file\":" + Json.Quote(manifest.Name) + ",\"size\":" + manifest.Size + ",\"md5\":\"" + manifest.Md5 + "\"}"));
            return text.Append(",\"at\":\"" + DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) + "\"}").ToString();
        }

        /// <summary>Replaces the progress file; a reader that holds it open only delays it to the next time. Says whether it was written.</summary>
        public bool SaveProgress(string path)
        {
            try
            {
                File.WriteAllText(path + ".new", Snapshot() + "\n", new UTF8Encoding(false));
                if (File.Exists(path)) { File.Replace(path + ".new", path, null); } else { File.Move(path + ".new", path); }
                return true;
            }
            catch (IOException) { return false; }
            catch (UnauthorizedAccessException) { return false; }
        }
    }
}
