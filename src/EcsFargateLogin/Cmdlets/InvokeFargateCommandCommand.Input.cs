using System.Management.Automation;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

// What the commands read, and when they begin.
public sealed partial class InvokeFargateCommandCommand
{
    private readonly CommandInput _input = new();
    private SharedInput? _shared;
    private RunningWork? _running;
    private bool _isInputNamed;
    private bool _areCommandsOver;

    /// <summary>
    /// What the command reads: text as lines of UTF-8, bytes as they are, lists object by object, and nothing for $null. The
    /// command begins with the first of it and reads the rest as it comes, at the pace of the slowest session; every session's
    /// command reads all of it.
    /// </summary>
    [Parameter(ParameterSetName = PipelineSet,
        HelpMessage = "What the command reads: text as lines of UTF-8, bytes as they are.")]
    [Parameter(ValueFromPipeline = true, ParameterSetName = SessionSet,
        HelpMessage = "What the command reads: text as lines of UTF-8, bytes as they are.")]
    [AllowNull]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>Takes what was given by name, which is there before the pipeline begins and the same for all of its records.</summary>
    private void TakeNamedInput()
    {
        _isInputNamed = MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        if (_isInputNamed)
        {
            _input.Add(InputObject);
        }
    }

    /// <summary>
    /// Takes one object of the pipeline and hands it on at once. Where the commands are behind, what they print is shown until
    /// they have caught up.
    /// </summary>
    private void TakeInput()
    {
        if (_isInputNamed || _areCommandsOver || !MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)))
        {
            return;
        }

        _input.Add(InputObject);
        if (AsJob)
        {
            return;
        }

        Guard(null, () =>
        {
            BeginCommands();
            HandOnInput();
            AwaitCommands(_shared!.WaitForRoomAsync());
        });
        if (_areCommandsOver && !CancelToken.IsCancellationRequested)
        {
            UpstreamStop.Request(this);
        }
    }

    private void BeginCommands()
    {
        if (_running is not null)
        {
            return;
        }

        Login[] logins = [.. _sessions.Select(pair => new Login(pair.Key, pair.Value, IsKept: !Held.Holds(pair.Key)))];
        _sessions.Clear();
        _shared = new SharedInput(logins.Select(login => login.Session), keepsAll: logins.Length > ThrottleLimit);
        _shared.Add(_command!.Input.Span);
        _running = BeginToLogIn(logins, ThrottleLimit, RunAsync);
    }

    private void HandOnInput()
    {
        _shared!.Add(_input.Bytes.Span);
        _input.Clear();
    }

    /// <summary>Hands on the last of the input, and waits for the commands.</summary>
    private void FinishCommands()
    {
        BeginCommands();
        HandOnInput();
        _shared!.Complete();
        AwaitCommands();
    }

    private void AwaitCommands(Task? until = null)
    {
        if (!_areCommandsOver)
        {
            try
            {
                Await(_running!, until);
            }
            finally
            {
                _areCommandsOver = _running!.IsCompleted;
            }
        }
    }
}
