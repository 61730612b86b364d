using System.Formats.Tar;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Transfers;

// Copies from the container.
internal sealed partial class TarCopy
{
    private readonly CopyPlan _received = new(report, request.Names.Paths);

    private async Task DownloadAsync(CancellationToken cancellationToken)
    {
        var sources = await ExpandAsync(cancellationToken);
        var kinds = await KindsAsync(sources, cancellationToken);
        var isFolder = LocalCopy.IsFolder(request.Destination, sources.Count);
        foreach (var (source, kind) in sources.Zip(kinds))
        {
            try
            {
                var target = isFolder
                    ? LocalCopy.Join(request.Destination, RemotePath.NameOf(source), request.Names)
                    : request.Destination;
                await ReceiveAsync(source, target, kind, cancellationToken);
            }
            catch (ProgramLostException e)
            {
                throw TransferErrors.CopyNotKept(report.Session, source, e);
            }
            catch (FargateException e)
            {
                report.Failed(source, e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                report.Failed(source, TransferErrors.CopyFailed(source, ErrorText.ReasonOf(e)));
            }
        }
    }

    /// <summary>Expands patterns, and reports those that match nothing.</summary>
    private async Task<List<string>> ExpandAsync(CancellationToken cancellationToken)
    {
        List<string> sources = [];
        RemoteGlob glob = new(NamesInAsync, request);
        foreach (var source in request.Sources)
        {
            try
            {
                var found = await glob.ExpandAsync(RemotePath.FromUser(source), cancellationToken);
                sources.AddRange(found.Select(path => Plain(path).TrimEnd('/') is { Length: > 0 } plain ? plain : "/"));
            }
            catch (ProgramLostException e)
            {
                throw TransferErrors.CopyNotKept(report.Session, source, e);
            }
            catch (FargateException e)
            {
                report.Failed(source, e);
            }
        }

        return sources;
    }

    private async Task<IEnumerable<string>> NamesInAsync(string folder, CancellationToken cancellationToken)
    {
        // A folder that cannot be read has none.
        var (output, _) = await remote.RunAsync(PrintNames, [Plain(folder)], cancellationToken);
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(name => name is not ("." or ".."));
    }

    private async Task ReceiveAsync(string source, string target, string kind, CancellationToken cancellationToken)
    {
        if (kind == "none")
        {
            throw TransferErrors.ItemNotFound(source, report.Session);
        }

        if (kind == "folder" && !request.Recurse)
        {
            throw TransferErrors.RecurseMissing(source);
        }

        Packed packed = kind == "folder" ? new(source, target, "") : new(source, target, RemotePath.NameOf(source));
        var tar = await remote.StartAsync(packed.IsFolder ? Pack : PackFile, cancellationToken);
        await using (tar)
        {
            using var stop = cancellationToken.Register(tar.Kill);
            await RemotePrograms.WritePathsAsync(tar, packed.Paths, cancellationToken);
            List<CopyItem> folders = [];
            Exception? failure = null;
            try
            {
                await ReadArchiveAsync(tar, packed, folders, cancellationToken);
            }
            catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
            {
                failure = e;
            }

            var end = await tar.WaitAsync(cancellationToken);
            if (end.IsLost || (failure is not null && end.ExitCode == 0))
            {
                throw new ProgramLostException(end.IsLost ? end.Why("tar") : null, cause: failure);
            }

            if (end.ExitCode != 0)
            {
                throw TransferErrors.CopyFailed(source, end.Why("tar"));
            }

            folders.Reverse();
            folders.ForEach(LocalCopy.FinishFolder);
        }
    }

    private async Task ReadArchiveAsync(
        IRemoteProgram tar, Packed packed, List<CopyItem> folders, CancellationToken cancellationToken)
    {
        TarReader reader = new(tar.Output, leaveOpen: true);
        await using (reader)
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                try
                {
                    await ReadEntryAsync(entry, packed, folders, cancellationToken);
                }
                catch (FargateException e)
                {
                    report.Failed(e.Target as string ?? packed.Source, e);
                }
                catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not EndOfStreamException))
                {
                    report.Failed(packed.Source, TransferErrors.CopyFailed(entry.Name, ErrorText.ReasonOf(e)));
                }
            }
        }
    }

    private async Task ReadEntryAsync(
        TarEntry entry, Packed packed, List<CopyItem> folders, CancellationToken cancellationToken)
    {
        var item = ItemOf(entry, packed);
        if (item.IsFolder)
        {
            _received.Add(item);
            if (!Directory.Exists(item.Destination))
            {
                Directory.CreateDirectory(item.Destination);
                folders.Add(item);
            }
        }
        else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
        {
            _received.Add(item);
            await ReceiveFileAsync(item, entry.DataStream ?? Stream.Null, packed, cancellationToken);
        }
        else if (entry.EntryType == TarEntryType.HardLink)
        {
            item = await CopyHardLinkAsync(item, packed.PathOf(entry.LinkName), packed, cancellationToken);
        }
        else if (item.Source == packed.Source)
        {
            throw TransferErrors.NotCopiable(item.Source);
        }
        else
        {
            report.Warn($"'{item.Source}' is left out: it is neither a file nor a folder.");
            return;
        }

        report.Copied(item);
    }

    private CopyItem ItemOf(TarEntry entry, Packed packed)
    {
        var below = packed.Below(entry.Name);
        var destination = below.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(packed.Target, (folder, each) => LocalCopy.Join(folder, each, request.Names));
        return new(packed.PathOf(entry.Name), destination)
        {
            IsFolder = entry.EntryType == TarEntryType.Directory,
            Length = entry.Length,
            Permissions = (uint)entry.Mode,
            ModifiedAt = (uint)Math.Max(0, entry.ModificationTime.ToUnixTimeSeconds()),
            Secret = report.Secret,
        };
    }

    /// <summary>Copies a further name of a file from its copy, for the archive has its content once.</summary>
    /// <param name="link">The further name.</param>
    /// <param name="first">The path of the name that has the content, in the container.</param>
    /// <param name="packed">The source, of which only what has arrived is read.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The item that was copied.</returns>
    private async Task<CopyItem> CopyHardLinkAsync(
        CopyItem link, string first, Packed packed, CancellationToken cancellationToken)
    {
        if (!packed.Arrived.TryGetValue(first, out var copy))
        {
            throw TransferErrors.CopyFailed(link.Source, $"it is a hard link to '{first}', which has not arrived");
        }

        var item = link with { Length = copy.Length };
        _received.Add(item);
        FileStream content = new(copy.Target, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await using (content)
        {
            await ReceiveFileAsync(item, content, packed, cancellationToken);
        }

        return item;
    }

    private async Task ReceiveFileAsync(
        CopyItem planned, Stream content, Packed packed, CancellationToken cancellationToken)
    {
        var resolved = LocalCopy.ResolveTarget(planned);
        LocalCopy.ThrowIfNoSpace(resolved);
        var (item, file) = LocalCopy.Open(resolved);
        try
        {
            await using (file)
            {
                if (!item.IsDirect)
                {
                    file.SetLength(0);
                }

                await content.CopyToAsync(file, cancellationToken);
                LocalCopy.Complete(item, file);
            }
        }
        catch when (!item.IsDirect)
        {
            File.Delete(item.PartialPath);
            throw;
        }

        report.Add(item, item.Length);
        if (item.Existing != FileKind.Device)
        {
            packed.Arrived[item.Source] = item;
        }
    }

    /// <summary>A source that tar packs.</summary>
    /// <param name="Source">Its path, which does not begin with '-'.</param>
    /// <param name="Target">The destination of its copy.</param>
    /// <param name="Name">The name in its folder that is packed; empty for a folder, of which the content is packed.</param>
    private sealed record Packed(string Source, string Target, string Name)
    {
        public bool IsFolder => Name.Length == 0;

        /// <summary>What the command takes.</summary>
        public string[] Paths => IsFolder ? [Source] : [RemotePath.FolderOf(Source), $"./{Name}"];

        /// <summary>The files that have arrived, by their path in the container.</summary>
        public Dictionary<string, CopyItem> Arrived { get; } = [];

        /// <summary>Returns the path in the container of what has a name in the archive.</summary>
        /// <inheritdoc cref="Below"/>
        public string PathOf(string entryName) => Below(entryName) is { Length: > 0 } below ? RemotePath.Join(Source, below) : Source;

        /// <summary>Returns the path below the source of what has a name in the archive: empty for the source itself.</summary>
        /// <exception cref="FargateException">It is not of this source.</exception>
        public string Below(string entryName)
        {
            var name = WithoutFolder(entryName);
            return IsFolder ? name
                : name == Name ? ""
                : throw TransferErrors.CopyFailed(entryName, $"tar was not asked for it, but for '{Source}'");

            static string WithoutFolder(string name) =>
                name is "." ? "" : (name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name).TrimEnd('/');
        }
    }
}
