using System.Formats.Tar;
using System.Text;
using EcsFargateLogin.Ssh.Sftp;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>Parsers of what a container sends when its files are copied.</summary>
internal sealed class CopyParsers : ParserTable
{
    private readonly TemporaryFolder _folder;
    private int _count;

    public CopyParsers()
    {
        _folder = Own(new TemporaryFolder());
        AddBytes("an SFTP server that is copied from", [SftpReplies()], bytes => SftpOf(bytes, fromSession: true));
        AddBytes("an SFTP server that is copied to", [SftpReplies()], bytes => SftpOf(bytes, fromSession: false));
        AddBytes(
            "an archive of tar",
            [Archive(TarEntryFormat.Gnu), Archive(TarEntryFormat.Pax), Archive(TarEntryFormat.Ustar), Archive(TarEntryFormat.V7)],
            ArchiveOf);
        AddBytes("names in a folder of a container", ["one\0two\0.\0..\0"u8.ToArray()], NamesOf);
    }

    private static byte[] SftpReplies()
    {
        SftpAttributes file = new(7, 0x81A4, 1_700_000_000), folder = new(4096, 0x41ED, 1_700_000_000);
        var end = new SftpPacket(SftpType.Status).Add(0u).Add(1u).Add("end of file").Add("");
        var done = new SftpPacket(SftpType.Status).Add(0u).Add(0u).Add("").Add("");
        (SftpType Request, SftpPacket Reply)[] replies =
        [
            (SftpType.Init, new SftpPacket(SftpType.Version).Add(3u).Add("limits@openssh.com").Add("1").Add("statvfs@openssh.com").Add("2")),
            (SftpType.Extended, new SftpPacket(SftpType.ExtendedReply).Add(0u).Add(262144UL).Add(261120UL).Add(261120UL).Add(1024UL)),
            (SftpType.Extended, new SftpPacket(SftpType.ExtendedReply).Add(0u).Add(4096UL).Add(4096UL).Add(9UL).Add(8UL).Add(1UL << 40)),
            (SftpType.RealPath, new SftpPacket(SftpType.Name).Add(0u).Add(1u).Add("/root").Add("/root").Add(file)),
            (SftpType.Stat, new SftpPacket(SftpType.Attributes).Add(0u).Add(folder)),
            (SftpType.LStat, new SftpPacket(SftpType.Attributes).Add(0u).Add(file)),
            (SftpType.OpenFolder, new SftpPacket(SftpType.Handle).Add(0u).Add("folder")),
            (SftpType.ReadFolder, new SftpPacket(SftpType.Name).Add(0u).Add(2u).Add("one").Add("-rw one").Add(file).Add(".").Add("").Add(folder)),
            (SftpType.ReadFolder, end),
            (SftpType.Open, new SftpPacket(SftpType.Handle).Add(0u).Add("file")),
            (SftpType.Read, new SftpPacket(SftpType.Data).Add(0u).Add("content")),
            (SftpType.Read, end),
        ];
        SftpType[] others =
        [
            SftpType.Close, SftpType.Write, SftpType.SetStat, SftpType.FSetStat, SftpType.Remove, SftpType.MakeFolder, SftpType.Rename,
        ];
        return
        [
            .. replies.SelectMany(each => SftpConversation.Reply(each.Request, each.Reply)),
            .. others.SelectMany(request => SftpConversation.Reply(request, done)),
        ];
    }

    private IEnumerable<string?> SftpOf(byte[] replies, bool fromSession)
    {
        SftpConversation server = new(replies);
        SftpClient client = new(new SftpConnection(server.ToServer, server.FromServer));
        var (request, events) = NewCopy(fromSession);
        CopyReport report = new(SampleTask.Session(), "sftp", events);
        client.RunAsync(async () =>
        {
            // The thread of a connection is its own.
            await CopyAsync(client, request, report);
            FuzzedParser.CheckMemory(GC.GetAllocatedBytesForCurrentThread(), replies.Length);
        }).GetAwaiter().GetResult();

        return TextsOf(events);
    }

    private static async Task CopyAsync(SftpClient client, CopyRequest request, CopyReport report)
    {
        try
        {
            await client.OpenAsync(CancellationToken.None);
            await (request.FromSession
                ? new SftpDownload(client, request, report).RunAsync(CancellationToken.None)
                : new SftpUpload(client, request, report).RunAsync(CancellationToken.None));
        }
        catch (Exception e) when (e is CopyBrokenException or SftpConnectionException or SftpStatusException or InvalidDataException)
        {
            // Who copies makes errors for users of these, or copies in another way.
        }
    }

    private static byte[] Archive(TarEntryFormat format)
    {
        MemoryStream archive = new();
        using (TarWriter writer = new(archive, format, leaveOpen: true))
        {
            writer.WriteEntry(Entry(TarEntryType.Directory, "./"));
            var file = Entry(format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, "./one");
            file.DataStream = new MemoryStream("content"u8.ToArray());
            writer.WriteEntry(file);
            var link = Entry(TarEntryType.HardLink, "./two");
            link.LinkName = "./one";
            writer.WriteEntry(link);
            writer.WriteEntry(Entry(TarEntryType.Directory, "./folder/"));
        }

        return archive.ToArray();

        TarEntry Entry(TarEntryType type, string name)
        {
            TarEntry entry = format switch
            {
                TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                TarEntryFormat.Pax => new PaxTarEntry(type, name),
                TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                _ => new V7TarEntry(type, name),
            };
            entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
            return entry;
        }
    }

    private IEnumerable<string?> ArchiveOf(byte[] archive)
    {
        var (request, events) = NewCopy(fromSession: true);
        CannedPrograms programs = new(command => command.Contains("tar -c", StringComparison.Ordinal) ? archive : "folder\n"u8.ToArray());
        new TarCopy(programs, request, new CopyReport(SampleTask.Session(), "tar", events)).RunAsync(CancellationToken.None)
            .GetAwaiter().GetResult();
        return TextsOf(events);
    }

    private IEnumerable<string?> NamesOf(byte[] names)
    {
        var (request, events) = NewCopy(fromSession: true);
        // Several files go into a folder that exists.
        request = request with { Destination = Path.GetDirectoryName(request.Destination)! };
        request = request with { Sources = ["/folder/*"], IsPattern = text => text.Contains('*', StringComparison.Ordinal), IsMatch = (_, _) => true };
        var visible = Encoding.UTF8.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries).Count(name => name[0] != '.');
        CannedPrograms programs = new(command => command.Contains("printf", StringComparison.Ordinal) ? names
            : command.Contains("echo none", StringComparison.Ordinal) ? Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("none\n", visible)))
            : []);
        new TarCopy(programs, request, new CopyReport(SampleTask.Session(), "tar", events)).RunAsync(CancellationToken.None)
            .GetAwaiter().GetResult();
        return TextsOf(events);
    }

    private (CopyRequest Request, EventLog Events) NewCopy(bool fromSession)
    {
        var local = Directory.CreateDirectory(_folder[$"{++_count}"]).FullName;
        File.WriteAllText(Path.Combine(local, "local"), "content");
        CopyRequest request = new()
        {
            Sources = [fromSession ? "/folder" : local],
            Destination = fromSession ? Path.Combine(local, "copy") : "/folder",
            FromSession = fromSession,
            Recurse = true,
        };
        return (request, new EventLog());
    }

    private static IEnumerable<string?> TextsOf(EventLog events) =>
        [.. events.Events.OfType<ItemFailed>().Select(failed => failed.Error.Message)];
}
