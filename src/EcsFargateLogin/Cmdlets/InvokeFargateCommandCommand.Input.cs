using System.Management.Automation;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

// The input of the commands, and their begin and end.
public sealed partial class InvokeFargateCommandCommand
{
    private readonly CommandInput _input = new();
    private SharedInput? _shared;
    private PipelinePump? _pump;
    private bool _isInputNamed;
    private bool _haveCommandsEnded;

    /// <summary>
    /// The command's input: text as lines of UTF-8, bytes as they are, lists object by object, and nothing for $null. The command
    /// begins with the first object and reads the others as they come, at the pace of the slowest session; the command in every
    /// session reads all of them.
    /// </summary>
    [Parameter(ParameterSetName = PipelineSet,
        HelpMessage = "The command's input: text as lines of UTF-8, bytes as they are.")]
    [Parameter(ValueFromPipeline = true, ParameterSetName = SessionSet,
        HelpMessage = "The command's input: text as lines of UTF-8, bytes as they are.")]
    [Parameter(ValueFromPipeline = true, ParameterSetName = ServiceSet,
        HelpMessage = "The command's input: text as lines of UTF-8, bytes as they are.")]
    [Parameter(ValueFromPipeline = true, ParameterSetName = TaskSet,
        HelpMessage = "The command's input: text as lines of UTF-8, bytes as they are.")]
    [AllowNull]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    /// <summary>
    /// Adds input that was given by name, which is known before the pipeline begins and the same for all of its records.
    /// </summary>
    private void AddNamedInput()
    {
        _isInputNamed = MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        if (_isInputNamed)
        {
            _input.Add(InputObject);
        }
    }

    /// <summary>
    /// Adds one object of the pipeline to the commands' input at once. While the commands are too far behind, it waits and shows
    /// their output.
    /// </summary>
    private void AddPipelineInput()
    {
        if (_isInputNamed || _haveCommandsEnded || !MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)))
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
            SendInput();
            AwaitCommands(_shared!.WaitForRoomAsync());
        });
        if (_haveCommandsEnded && !CancelToken.IsCancellationRequested)
        {
            UpstreamStop.Request(this);
        }
    }

    private void BeginCommands()
    {
        if (_pump is not null)
        {
            return;
        }

        Login[] logins = [.. _logins.Values];
        _logins.Clear();
        _shared = new SharedInput(logins.Select(login => login.Session), keepsAll: logins.Length > ThrottleLimit);
        _shared.Add(_command!.Input.Span);
        _pump = BeginToLogIn(logins, RunAsync, ThrottleLimit, usesSharedConnection: true);
    }

    private void SendInput()
    {
        _shared!.Add(_input.Bytes.Span);
        _input.Clear();
    }

    /// <summary>Ends the input, and waits for the commands.</summary>
    private void FinishCommands()
    {
        BeginCommands();
        SendInput();
        _shared!.Complete();
        AwaitCommands();
    }

    private void AwaitCommands(Task? until = null)
    {
        if (!_haveCommandsEnded)
        {
            try
            {
                Await(_pump!, until);
            }
            finally
            {
                _haveCommandsEnded = _pump!.HasEnded;
            }
        }
    }
}
