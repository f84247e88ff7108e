import org.apache.helix.HelixManager;
import org.apache.helix.HelixManagerFactory;
import org.apache.helix.InstanceType;
import org.apache.helix.NotificationContext;
import org.apache.helix.model.Message;
import org.apache.helix.participant.statemachine.StateModel;
import org.apache.helix.participant.statemachine.StateModelFactory;
import org.apache.helix.participant.statemachine.StateModelInfo;
import org.apache.helix.participant.statemachine.Transition;

/** `Participant <connect> <cluster> <instance>`: masters and slaves of partitions, as the controller tells it; says each transition. */
public class Participant {
  public static void main(String[] args) throws Exception {
    HelixManager manager =
        HelixManagerFactory.getZKHelixManager(args[1], args[2], InstanceType.PARTICIPANT, args[0]);
    manager.getStateMachineEngine().registerStateModelFactory("MasterSlave", new Replicas());
    manager.connect();
    System.out.println("participant ready");
    Thread.currentThread().join();
  }

  private static class Replicas extends StateModelFactory<Replica> {
    @Override
    public Replica createNewStateModel(String resource, String partition) {
      return new Replica();
    }
  }

  /** Public: Helix calls its transitions by reflection. */
  @StateModelInfo(
      initialState = "OFFLINE",
      states = {"MASTER", "SLAVE", "OFFLINE", "DROPPED"})
  public static class Replica extends StateModel {
    @Transition(from = "*", to = "*")
    public void move(Message message, NotificationContext context) {
      System.out.println(
          message.getPartitionName() + ": " + message.getFromState() + " to " + message.getToState());
    }
  }
}
