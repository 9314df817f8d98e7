// Copyright: (c) 2026, offlineseed.azure contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The journal of a drive, its file list and its manifest. Forms: docs/formats.md. C# 5, and nothing beyond mscorlib and System.dll, since
// Windows PowerShell 5.1 compiles it.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace OfflineSeed
{
    public static class Hex
    {
        public static string Upper(byte[] hash) { return BitConverter.ToString(hash).Replace("-", ""); }
        public static string Lower(byte[] hash) { return Upper(hash).ToLowerInvariant(); }
    }

    /// <summary>Reads one JSON value: objects as dictionaries, arrays as lists, whole numbers as long.</summary>
    public sealed class Json
    {
        private readonly string text;
        private int at;

        private Json(string text) { this.text = text; }

        public static Dictionary<string, object> Object(string text)
        {
            var json = new Json(text);
            var found = json.Value() as Dictionary<string, object>;
            json.Blanks();
            if (found == null || json.at != text.Length) { throw new FormatException("not one JSON object"); }
            return found;
        }

        public static string Quote(string text)
        {
            var quoted = new StringBuilder("\"");
            foreach (char c in text)
            {
                if (c == '"' || c == '\\') { quoted.Append('\\').Append(c); }
                else if (c < ' ') { quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)); }
                else { quoted.Append(c); }
            }
            return quoted.Append('"').ToString();
        }

        private void Blanks() { while (at < text.Length && char.IsWhiteSpace(text[at])) { at++; } }

        private char Next()
        {
            if (at >= text.Length) { throw new FormatException("JSON ends too early"); }
            return text[at++];
        }

        private object Value()
        {
            Blanks();
            char c = Next();
            if (c == '{') { return Table(); }
            if (c == '[') { return List(); }
            if (c == '"') { return Text(); }
            at--;
            foreach (var word in new[] { "true", "false", "null" })
            {
                if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) { continue; }
                at += word.Length;
                return word == "null" ? null : (object)(word == "true");
            }
            return Number();
        }

        private object Number()
        {
            int from = at;
            while (at < text.Length && "+-.0123456789eE".IndexOf(text[at]) >= 0) { at++; }
            string digits = text.Substring(from, at - from);
            long whole;
            if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole)) { return whole; }
            return double.Parse(digits, CultureInfo.InvariantCulture);
        }

        private List<object> List()
        {
            var items = new List<object>();
            Blanks();
            if (at < text.Length && text[at] == ']') { at++; return items; }
            while (true)
            {
                items.Add(Value());
                Blanks();
                char c = Next();
                if (c == ']') { return items; }
                if (c != ',') { throw new FormatException("comma expected in a JSON array"); }
            }
        }

        private Dictionary<string, object> Table()
        {
            var table = new Dictionary<string, object>(StringComparer.Ordinal);
            Blanks();
            if (at < text.Length && text[at] == '}') { at++; return table; }
            while (true)
            {
                Blanks();
                if (Next() != '"') { throw new FormatException("name expected in a JSON object"); }
                string name = Text();
                Blanks();
                if (Next() != ':') { throw new FormatException("colon expected in a JSON object"); }
                table[name] = Value();
                Blanks();
                char c = Next();
                if (c == '}') { return table; }
                if (c != ',') { throw new FormatException("comma expected in a JSON object"); }
            }
        }

        private string Text()
        {
            var found = new StringBuilder();
            for (char c = Next(); c != '"'; c = Next())
            {
                if (c != '\\') { found.Append(c); continue; }
                c = Next();
                int known = "nrtbf".IndexOf(c);
                if (known >= 0) { found.Append("\n\r\t\b\f"[known]); }
                else if (c == 'u')
                {
                    if (at + 4 > text.Length) { throw new FormatException("JSON ends too early"); }
                    found.Append((char)ushort.Parse(text.Substring(at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    at += 4;
                }
                else { found.Append(c); }
            }
            return found.ToString();
        }
    }

    /// <summary>Whose drive it is; marker, journal, file list and order must all say the same.</summary>
    public sealed class Identity
    {
        public readonly string Seed, Serial, PlanHash;

        public Identity(string seed, string serial, string planHash) { Seed = seed; Serial = serial; PlanHash = planHash; }

        public void MustMatch(Dictionary<string, object> paper, string what)
        {
            var pairs = new[] { new[] { "seed", Seed }, new[] { "serial", Serial }, new[] { "plan_hash", PlanHash } };
            object version;
            if (!paper.TryGetValue("v", out version) || !1L.Equals(version)) { throw new InvalidDataException(what + " has another version than 1"); }
            foreach (var pair in pairs)
            {
                object seen;
                paper.TryGetValue(pair[0], out seen);
                if (!string.Equals(seen as string, pair[1], StringComparison.Ordinal))
                {
                    throw new InvalidDataException(what + " says " + pair[0] + " '" + seen + "', expected '" + pair[1] + "'");
                }
            }
        }
    }

    public struct StagedFile
    {
        public string Name;
        public long Size;
    }

    /// <summary>The files of one drive, in the order in which they are copied.</summary>
    public sealed class FileList
    {
        public readonly List<StagedFile> Files = new List<StagedFile>();
        public readonly string Container;
        public readonly long Bytes;

        public FileList(string path, Identity identity)
        {
            long wanted = 0, bytes = 0;
            using (var reader = new StreamReader(path, new UTF8Encoding(false)))
            {
                var head = Json.Object(reader.ReadLine() ?? "");
                identity.MustMatch(head, "the file list");
                Container = (string)head["container"];
                wanted = (long)head["files"];
                bytes = (long)head["bytes"];
                for (string line = reader.ReadLine(); line != null; line = reader.ReadLine())
                {
                    var entry = Json.Object(line);
                    var file = new StagedFile { Name = (string)entry["name"], Size = (long)entry["size"] };
                    Check(file);
                    Files.Add(file);
                    Bytes += file.Size;
                }
            }
            if (Files.Count != wanted || Bytes != bytes)
            {
                throw new InvalidDataException("the file list holds " + Files.Count + " files of " + Bytes + " bytes, its head says " + wanted + " of " + bytes);
            }
        }

        private static void Check(StagedFile file)
        {
            if (file.Name.Length == 0 || file.Name == "." || file.Name == ".." || file.Name.IndexOfAny(new[] { '\\', '/', ':' }) >= 0)
            {
                throw new InvalidDataException("the file list has the name '" + file.Name + "', which is no plain file name");
            }
            if (file.Size < 0 || file.Size % 512 != 0) { throw new InvalidDataException("file '" + file.Name + "' has " + file.Size + " bytes, a page blob takes multiples of 512"); }
        }
    }

    /// <summary>Journal of a drive: appended line by line, each on the medium before the call returns.</summary>
    public sealed class Journal : IDisposable
    {
        public const int RangesPerLine = 4096;
        public readonly Dictionary<string, long> Complete = new Dictionary<string, long>(StringComparer.Ordinal);
        private readonly string path;
        private readonly FileStream stream;

        /// <summary>The `manifest` entry, if nothing was written after it.</summary>
        public Dictionary<string, object> Closed { get; private set; }

        public Journal(string path, Identity identity)
        {
            this.path = path;
            stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            CutTornLine();
            bool first = true;
            foreach (var entry in Entries())
            {
                if (first) { identity.MustMatch(entry, "the journal"); }
                first = false;
                Closed = (string)entry["event"] == "manifest" ? entry : null;
                if ((string)entry["event"] == "file") { Complete[(string)entry["name"]] = (long)entry["size"]; }
            }
            if (first) { throw new InvalidDataException("the journal is empty"); }
            stream.Seek(0, SeekOrigin.End);
        }

        public void Dispose() { stream.Dispose(); }

        private void CutTornLine()
        {
            long length = stream.Length;
            while (length > 0)
            {
                stream.Seek(length - 1, SeekOrigin.Begin);
                if (stream.ReadByte() == '\n') { break; }
                length--;
            }
            if (length != stream.Length) { stream.SetLength(length); }
        }

        /// <summary>All entries from the beginning, one at a time.</summary>
        public IEnumerable<Dictionary<string, object>> Entries()
        {
            using (var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), new UTF8Encoding(false)))
            {
                for (string line = reader.ReadLine(); line != null; line = reader.ReadLine()) { yield return Json.Object(line); }
            }
        }

        private void Append(string line)
        {
            byte[] bytes = new UTF8Encoding(false).GetBytes(line + "\n");
            lock (stream)
            {
                stream.Write(bytes, 0, bytes.Length);
                stream.Flush(true);
            }
        }

        private static string Now() { return DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture); }

        public void Ranges(string name, long first, List<byte[]> hashes)
        {
            var line = new StringBuilder("{\"event\":\"ranges\",\"name\":" + Json.Quote(name) + ",\"first\":" + first + ",\"md5\":[");
            for (int i = 0; i < hashes.Count; i++) { line.Append(i == 0 ? "\"" : ",\"").Append(Hex.Upper(hashes[i])).Append('"'); }
            Append(line.Append("]}").ToString());
        }

        public void File(StagedFile file, long ranges, byte[] sha256, ulong crc64)
        {
            Append("{\"event\":\"file\",\"name\":" + Json.Quote(file.Name) + ",\"size\":" + file.Size + ",\"ranges\":" + ranges +
                ",\"sha256\":\"" + Hex.Lower(sha256) + "\",\"crc64\":\"" + crc64.ToString("x16", CultureInfo.InvariantCulture) + "\",\"at\":\"" + Now() + "\"}");
            Complete[file.Name] = file.Size;
        }

        public void Failed(string message) { Append("{\"event\":\"failed\",\"message\":" + Json.Quote(message) + ",\"at\":\"" + Now() + "\"}"); }

        public void Manifest(ManifestFile manifest)
        {
            Append("{\"event\":\"manifest\",\"file\":" + Json.Quote(manifest.Name) + ",\"size\":" + manifest.Size + ",\"md5\":\"" + manifest.Md5 + "\",\"at\":\"" + Now() + "\"}");
        }
    }

    /// <summary>DriveManifest.xml of a drive, streamed from its journal: the same journal gives the same bytes.</summary>
    public sealed class ManifestFile
    {
        public readonly string Name = "\\DriveManifest.xml";
        public long Size;
        public string Md5;

        /// <summary>The manifest that the journal names last, if it lies there with that size; else null.</summary>
        public static ManifestFile Closed(string root, Journal journal)
        {
            if (journal.Closed == null) { return null; }
            var there = new FileInfo(Path.Combine(root, "DriveManifest.xml"));
            if (!there.Exists || there.Length != (long)journal.Closed["size"]) { return null; }
            return new ManifestFile { Size = there.Length, Md5 = (string)journal.Closed["md5"] };
        }

        public static ManifestFile Write(string root, Journal journal, FileList list, Identity identity)
        {
            string draft = Path.Combine(Path.Combine(root, "offlineseed"), "manifest.new");
            string final = Path.Combine(root, "DriveManifest.xml");
            using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write))
            using (var writer = new StreamWriter(stream, new UTF8Encoding(false), 65536))
            {
                writer.NewLine = "\n";
                Fill(writer, journal, list, identity);
                writer.Flush();
                stream.Flush(true);
            }
            if (System.IO.File.Exists(final)) { System.IO.File.Delete(final); }
            System.IO.File.Move(draft, final);
            using (var stream = new FileStream(final, FileMode.Open, FileAccess.Read))
            using (var md5 = MD5.Create())
            {
                return new ManifestFile { Size = stream.Length, Md5 = Hex.Upper(md5.ComputeHash(stream)) };
            }
        }

        private static void Fill(TextWriter writer, Journal journal, FileList list, Identity identity)
        {
            writer.WriteLine("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
            writer.WriteLine("<DriveManifest Version=\"2014-11-01\">");
            writer.WriteLine("  <Drive>");
            writer.WriteLine("    <DriveId>" + SecurityElement.Escape(identity.Serial) + "</DriveId>");
            writer.WriteLine("    <ClientCreator>offlineseed.azure</ClientCreator>");
            writer.WriteLine("    <BlobList>");
            var wanted = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var file in list.Files) { wanted[file.Name] = file.Size; }
            string open = null;
            var hashes = new List<object>();
            foreach (var entry in journal.Entries())
            {
                string kind = (string)entry["event"];
                if (kind == "ranges")
                {
                    if ((long)entry["first"] == 0) { hashes.Clear(); open = (string)entry["name"]; }
                    hashes.AddRange((List<object>)entry["md5"]);
                }
                if (kind != "file") { continue; }
                string name = (string)entry["name"];
                long size = (long)entry["size"];
                if (size == 0) { hashes.Clear(); open = name; }
                if (!wanted.Remove(name)) { throw new InvalidDataException("the journal has file '" + name + "' twice, or the file list does not name it"); }
                if (open != name || hashes.Count != DriveCopy.RangeCount(size)) { throw new InvalidDataException("the journal lacks ranges of file '" + name + "'"); }
                Blob(writer, list.Container, name, size, hashes);
                hashes.Clear();
                open = null;
            }
            foreach (var name in wanted.Keys) { throw new InvalidDataException("the journal does not say that file '" + name + "' is complete"); }
            writer.WriteLine("    </BlobList>");
            writer.WriteLine("  </Drive>");
            writer.WriteLine("</DriveManifest>");
        }

        private static void Blob(TextWriter writer, string container, string name, long size, List<object> hashes)
        {
            writer.WriteLine("      <Blob>");
            writer.WriteLine("        <BlobPath>" + SecurityElement.Escape(container + "/" + name) + "</BlobPath>");
            writer.WriteLine("        <FilePath>" + SecurityElement.Escape("\\data\\" + name) + "</FilePath>");
            writer.WriteLine("        <Length>" + size + "</Length>");
            writer.WriteLine("        <ImportDisposition>overwrite</ImportDisposition>");
            writer.WriteLine("        <PageRangeList>");
            for (int i = 0; i < hashes.Count; i++)
            {
                long offset = (long)i * DriveCopy.RangeSize;
                writer.WriteLine("          <PageRange Offset=\"" + offset + "\" Length=\"" + Math.Min(DriveCopy.RangeSize, size - offset) + "\" Hash=\"" + hashes[i] + "\" />");
            }
            writer.WriteLine("        </PageRangeList>");
            writer.WriteLine("      </Blob>");
        }
    }
}
