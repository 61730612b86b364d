using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;

namespace EcsFargateLogin.Feedback;

/// <summary>
/// Shows advice below what was typed at a prompt, where this PowerShell has feedback providers: 7.4 and later. The library of
/// PowerShell's API that this module is built with does not have their types, so their interface is implemented at run time.
/// </summary>
internal class FeedbackProvider : DispatchProxy
{
    private const string Namespace = "System.Management.Automation.Subsystem";

    private static readonly Guid Id = new("5b0c6d52-6f6e-4e0e-9a53-1c7b9a5a4d0f");
    private static readonly object _gate = new();
    private static bool _isPossible = true;
    private static bool _isRegistered;

    private readonly Advice _advice = new();

    /// <summary>
    /// Registers the provider, if it is not. The first cmdlet that is used does it, and not the import, which would be slower.
    /// Without a terminal there is nobody to advise.
    /// </summary>
    internal static void Register()
    {
        lock (_gate)
        {
            if (_isPossible && !_isRegistered)
            {
                _isPossible = !Console.IsInputRedirected && !Console.IsOutputRedirected && TryCall("RegisterSubsystem", Create);
                _isRegistered = _isPossible;
            }
        }
    }

    /// <summary>Removes the provider.</summary>
    internal static void Unregister()
    {
        lock (_gate)
        {
            _isRegistered = _isRegistered && !TryCall("UnregisterSubsystem", () => Id);
        }
    }

    /// <summary>Answers the calls of IFeedbackProvider.</summary>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        "get_Id" => Id,
        "get_Name" => "EcsFargateLogin",
        "get_Description" => "The command that mends an error of EcsFargateLogin, and the sessions that still run after a shell.",
        "get_Trigger" => Enum.Parse(targetMethod.ReturnType, "Success, Error"),
        "GetFeedback" => Feedback(args?[0], targetMethod.ReturnType),
        _ => null,
    };

    /// <summary>Makes a FeedbackItem of what is said about a FeedbackContext; null for nothing.</summary>
    private object? Feedback(object? context, Type itemType)
    {
        try
        {
            return _advice.On(ValueOf<ErrorRecord>(context, "LastError"), ValueOf<Ast>(context, "CommandLineAst")) is { } advice
                ? Activator.CreateInstance(itemType, advice.Text, advice.Commands.ToList())
                : null;
        }
        // An error would be written over the prompt that the user types at.
        catch (Exception)
        {
            return null;
        }
    }

    private static T? ValueOf<T>(object? context, string property)
        where T : class => context?.GetType().GetProperty(property)?.GetValue(context) as T;

    private static object Create() => DispatchProxy.Create(TypeOf("Feedback.IFeedbackProvider")!, typeof(FeedbackProvider));

    /// <summary>Calls a method of SubsystemManager.</summary>
    /// <returns>Whether this PowerShell has it, and takes providers of feedback.</returns>
    private static bool TryCall(string name, Func<object> argument)
    {
        try
        {
            var kind = Enum.Parse(TypeOf("SubsystemKind")!, "FeedbackProvider");
            var method = TypeOf("SubsystemManager")!.GetMethods().Single(each => each.Name == name && !each.IsGenericMethod);
            method.Invoke(null, [kind, argument()]);
            return true;
        }
        // An older PowerShell, or one that does not take them.
        catch (Exception)
        {
            return false;
        }
    }

    private static Type? TypeOf(string name) => typeof(PSObject).Assembly.GetType($"{Namespace}.{name}");
}
