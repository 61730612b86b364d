using LocalFargate.Faults;

namespace LocalFargate.SessionManager;

/// <summary>One direction of a data channel, with the faults that happen to its messages.</summary>
/// <param name="faults">The server's faults.</param>
/// <param name="direction">The direction.</param>
/// <param name="deliver">Hands a message on.</param>
/// <param name="cut">Ends the client's connection, with "Bye" or without a word.</param>
internal sealed class FaultLine(
    FaultSet faults, ChannelDirection direction, Action<ChannelMessage> deliver, Action<bool> cut)
{
    private ChannelMessage? _heldBack;

    internal void Pass(ChannelMessage message)
    {
        var fault = faults.All.OfType<MessageFault>().FirstOrDefault(candidate => Fits(candidate, message) && candidate.TryUse());
        switch (fault)
        {
            case MessageLost:
                return;
            case MessageFlipped when direction == ChannelDirection.ToAgent:
                return;
            case MessageFlipped { Byte: var at }:
                deliver(message with { FlippedByte = at });
                return;
            case MessageReordered:
                _heldBack = message;
                return;
            case MessageLate { By: var delay }:
                _ = Task.Delay(delay).ContinueWith(_ => deliver(message), TaskScheduler.Default);
                return;
            case MessageDuplicated:
                deliver(message);
                break;
            default:
                break;
        }

        deliver(message);
        if (Interlocked.Exchange(ref _heldBack, null) is { } earlier)
        {
            deliver(earlier);
        }

        if (fault is ChannelCut { SaysBye: var saysBye })
        {
            cut(saysBye);
        }
    }

    private bool Fits(MessageFault fault, ChannelMessage message)
    {
        if (fault.Direction != direction || fault.IsAcknowledgement != (message.Type == MessageTypes.Acknowledge))
        {
            return false;
        }

        return fault.Sequence is not { } wanted
            || wanted == (fault.IsAcknowledgement ? AgentChannel.AcknowledgedSequence(message) : message.Sequence);
    }
}
