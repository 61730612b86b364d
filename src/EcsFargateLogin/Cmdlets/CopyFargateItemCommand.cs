using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Copies files and folders to the container of a session or of a task that runs already, or from it, with their permissions and
/// times. The same command resumes a transfer over SFTP that was interrupted, and a new file gets its name only when it is
/// complete. A session that was started in the same pipeline is stopped afterwards.
/// </summary>
[Cmdlet(VerbsCommon.Copy, "FargateItem", DefaultParameterSetName = PathSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Copy-FargateItem.md")]
[OutputType(typeof(FargateCopiedItem))]
public sealed class CopyFargateItemCommand : RunningTaskCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private readonly Stopwatch _watch = new();
    private readonly ProgressLine _line;
    private readonly List<string> _piped = [];
    private CopyRequest? _request;
    private bool _hasPath;

    /// <summary>Creates the cmdlet.</summary>
    public CopyFargateItemCommand() => _line = new ProgressLine(this, id: 0x4648);

    /// <summary>
    /// The items to copy: local files and folders; with -FromSession those of the container, relative to the user's home unless
    /// the path begins with '/'. Wildcards are permitted.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet,
        HelpMessage = "The items to copy: local paths or, with -FromSession, the container's.")]
    [Parameter(Position = 0, ParameterSetName = ServiceSet,
        HelpMessage = "The items to copy: local paths or, with -FromSession, the container's.")]
    [Parameter(Position = 0, ParameterSetName = TaskSet,
        HelpMessage = "The items to copy: local paths or, with -FromSession, the container's.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>
    /// The item to copy, with its path used as it is written. With -Session, -Service or -TaskArn it can come from the pipeline,
    /// as Get-ChildItem returns it.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet,
        HelpMessage = "The item to copy, with its path used as it is written.")]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = ServiceSet,
        HelpMessage = "The item to copy, with its path used as it is written.")]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = TaskSet,
        HelpMessage = "The item to copy, with its path used as it is written.")]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>
    /// The folder that the copies go into or, for one file or folder, the path of its copy. Without it: the container
    /// user's home or, with -FromSession, the current folder.
    /// </summary>
    /// <value>.</value>
    [Parameter(Position = 1, HelpMessage = "The folder that the copies go into or, for one item, the path of its copy.")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = ".";

    /// <summary>Sessions, as New-FargateSession returns them, or their ids.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PathSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = LiteralPathSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [SessionArgument(IsNeededHere = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>Copies from the container to this machine.</summary>
    [Parameter(HelpMessage = "Copies from the container to this machine.")]
    public SwitchParameter FromSession { get; set; }

    /// <summary>Copies folders with all that is in them.</summary>
    [Parameter(HelpMessage = "Copies folders with all that is in them.")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Returns what was copied.</summary>
    [Parameter(HelpMessage = "Returns what was copied.")]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Finds the local files before anything is started.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Guard(null, () =>
        {
            _hasPath = IsBound(nameof(Path));
            var hasLiteralPath = IsBound(nameof(LiteralPath));
            // Literal paths of the pipeline are not known yet.
            if (_hasPath ? hasLiteralPath : !hasLiteralPath && !MyInvocation.ExpectingInput)
            {
                throw TransferErrors.PathMissing(_hasPath);
            }

            if (_hasPath || hasLiteralPath)
            {
                _request = RequestOf();
            }
        });
    }

    /// <summary>Copies to or from this record's sessions, or collects the items of this record.</summary>
    protected override void ProcessRecord()
    {
        if (!_hasPath && _request is null)
        {
            _piped.AddRange(LiteralPath);
        }
        else if (!IsForRunningTasks)
        {
            Copy(Session);
        }
        else if (_hasPath && LiteralPath.Length > 0)
        {
            _request = null;
            Guard(null, () => throw TransferErrors.PathMissing(areBothGiven: true));
        }
    }

    /// <summary>Copies the items of the pipeline.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Guard(null, () =>
        {
            if (_piped.Count > 0)
            {
                LiteralPath = [.. _piped];
                _request = RequestOf();
            }

            if (IsForRunningTasks && _request is not null)
            {
                Copy(FindRunningTasks());
            }
            else if (_piped.Count > 0)
            {
                Copy(Session);
            }
        });
    }

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private CopyRequest RequestOf() => FromSession ? Download() : Upload();

    private void Copy(IEnumerable<FargateSession> sessions)
    {
        OwnOrKeep(sessions);
        foreach (var session in sessions)
        {
            var what = string.Join(", ", _request!.Sources);
            var where = $"{(FromSession ? "from" : "to")} {(IsForRunningTasks ? "task" : "session")} {session}";
            if (ShouldProcess($"{what} to {_request.Destination}", $"Copy {where}"))
            {
                Guard(session, () => LogIn(session, cloud => Copy(cloud, session), UsesMaster));
            }
        }
    }

    private protected override string WorkName => "copy";

    private void Copy(IFargateCloud cloud, FargateSession session)
    {
        _watch.Restart();
        try
        {
            Await((progress, cancellationToken) => session.OpenTransport == FargateTransport.EcsExec
                ? new EcsExecCopier(cloud, session).CopyAsync(_request!, progress, cancellationToken)
                : CopierFor(session).CopyAsync(_request!, progress, cancellationToken));
        }
        finally
        {
            if (!CancelToken.IsCancellationRequested)
            {
                _line.Complete();
            }
        }
    }

    /// <summary>Whether the session's master connection is used. Options are those of a connection of its own.</summary>
    private bool UsesMaster => Options.Count == 0;

    private ItemCopier CopierFor(FargateSession session) => new(session, Ssh, EndpointOf(session), Options)
    {
        OpenMasterAsync = UsesMaster ? token => SharedEndpointOf(session, token) : null,
        HasLaterPrograms = !Owned.Owns(session),
    };

    private CopyRequest Upload()
    {
        List<string> sources = [];
        foreach (var path in LiteralPath)
        {
            var full = GetUnresolvedProviderPathFromPSPath(path);
            sources.Add(File.Exists(full) || Directory.Exists(full) ? full : throw TransferErrors.LocalItemNotFound(path));
        }

        foreach (var path in Path)
        {
            try
            {
                var found = GetResolvedProviderPathFromPSPath(path, out _);
                sources.AddRange(found.Count > 0 ? found : throw TransferErrors.LocalItemNotFound(path));
            }
            catch (ItemNotFoundException)
            {
                throw TransferErrors.LocalItemNotFound(path);
            }
        }

        return RequestFor(sources, Destination);
    }

    private CopyRequest Download()
    {
        var destination = GetUnresolvedProviderPathFromPSPath(Destination);
        var request = RequestFor(_hasPath ? Path : LiteralPath, destination);
        return !_hasPath ? request : request with
        {
            IsPattern = Wildcards.IsPattern,
            IsMatch = Wildcards.IsExactMatch,
        };
    }

    private CopyRequest RequestFor(IReadOnlyList<string> sources, string destination) => new()
    {
        Sources = sources,
        Destination = destination,
        FromSession = FromSession,
        Recurse = Recurse,
    };

    private protected override void Show(SessionEvent happened)
    {
        base.Show(happened);
        if (CancelToken.IsCancellationRequested)
        {
            return;
        }

        switch (happened)
        {
            case CopyProgress progress:
                ShowProgress(progress);
                break;
            case ItemCopied { Item: var item } when PassThru:
                WriteObject(item);
                break;
            case ItemFailed failed:
                Report(failed.Error, failed.Source);
                break;
            case CopyWarning warning:
                WriteWarning(warning.Text);
                break;
            case ShellNotice notice:
                WriteWarning($"{notice.Session}: {notice.Text}");
                break;
        }
    }

    private void ShowProgress(CopyProgress progress)
    {
        const double MB = 1e6;
        var rate = progress.Copied / MB / Math.Max(_watch.Elapsed.TotalSeconds, 0.001);
        var of = progress.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {progress.Total / MB:0.0}") : "";
        var amount = string.Create(CultureInfo.InvariantCulture, $"{progress.Copied / MB:0.0}{of} MB");
        var amountAndRate = string.Create(CultureInfo.InvariantCulture, $"{amount}, {rate:0.0} MB/s");
        _line.Show(
            [$"Copying ({progress.Session})", "Copying"],
            [$"{amountAndRate}: {progress.Name}", amountAndRate, amount],
            progress.Total > 0 ? (int)Math.Min(100, 100 * progress.Copied / progress.Total) : -1);
    }
}
